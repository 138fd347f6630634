"""The three drawings of a plant, as SVG: carbon flow, metering network, boundaries."""

from tanheng.metrology.network.boundary import boundary_svg
from tanheng.metrology.network.flow import flow_svg
from tanheng.metrology.network.flow_sheets import flow_sheets
from tanheng.metrology.network.marks import Drawn, Standing, numbered, unjudged
from tanheng.metrology.network.points import part_word, parts, points_sheets, points_svg
from tanheng.metrology.network.svg import TitleBlock

__all__ = [
    "Drawn",
    "Standing",
    "TitleBlock",
    "boundary_svg",
    "flow_sheets",
    "flow_svg",
    "numbered",
    "part_word",
    "parts",
    "points_sheets",
    "points_svg",
    "unjudged",
]

"""The input folder of ``tanheng account``: reading a plant-year of files, and writing the template of one."""

from tanheng.accounting.folder.errors import CellFault, FolderError
from tanheng.accounting.folder.model import Instrument, Note, PlantYear, StatedComponent
from tanheng.accounting.folder.reading import read_folder
from tanheng.accounting.folder.template import write_template

__all__ = ["CellFault", "FolderError", "Instrument", "Note", "PlantYear", "StatedComponent", "read_folder", "write_template"]

"""The pages of the plant app."""

from __future__ import annotations

from django.urls import path

from tanheng.platform.plant.pages import equipment, figures, master, network, standard
from tanheng.platform.ui.addresses import ledger_urls

LEDGERS = (
    master.ENTERPRISES,
    master.SITES,
    master.PERMITS,
    master.LINES,
    network.SOURCE_STREAMS,
    network.NODES,
    network.EDGES,
    network.POINTS,
    equipment.EQUIPMENT,
    equipment.EDITIONS,
    equipment.CLINKER_BOUNDARY,
)

urlpatterns = [
    *(ledger_urls(ledger) for ledger in LEDGERS),
    path("flow/", figures.FlowPage.as_view(), name="flow"),
    path("flow.pdf", figures.FlowPdf.as_view(), name="flow-pdf"),
    path("standard-network/", standard.StandardPage.as_view(), name="standard-network"),
    path("boundary/", figures.BoundaryPage.as_view(), name="boundary"),
    path("boundary.pdf", figures.BoundaryPdf.as_view(), name="boundary-pdf"),
    path("stream-classes/", figures.ClassesPage.as_view(), name="stream-classes"),
]

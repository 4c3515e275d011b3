"""Addresses of the bespoke pages, stated from the root."""

from django.urls import path

from quarterdeck.apps.pmo.pages import acts, board

urlpatterns = [
    path("pmo/", board.board, name="pmo-board"),
    path("pmo/start/", acts.start, name="pmo-start"),
    path("pmo/hand-over/", acts.hand_over, name="pmo-hand-over"),
]

"""Addresses of the search, included at `/search/`."""

from django.urls import path

from quarterdeck.kernel.search import views

app_name = "search"
urlpatterns = [path("", views.results, name="results"), path("suggest", views.suggest, name="suggest")]

"""Addresses of files, included at `/files/`."""

from django.urls import path

from quarterdeck.kernel.files import views

app_name = "files"
urlpatterns = [path("<int:pk>/<path:name>", views.download, name="download")]

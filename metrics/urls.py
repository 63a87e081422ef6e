from django.urls import path

from crm.views.shelves import paths_of
from metrics import views

app_name = "metrics"
urlpatterns = [path("events/", views.news, name="events"), *paths_of(views.OWN_MEASURES)]

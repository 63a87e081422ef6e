from django.urls import path

from crm.views.shelves import paths_of
from metrics.views import builder, saved
from metrics.views.measures import OWN_MEASURES
from metrics.views.news import news

app_name = "metrics"
urlpatterns = [
    path("events/", news, name="events"),
    path("conditions/count/", builder.count, name="count"),
    path("conditions/choices/", builder.choices, name="choices"),
    path("conditions/texts/", builder.texts, name="texts"),
    *paths_of(OWN_MEASURES),
    path("settings/segments/", saved.saved_segments, name="saved_segments"),
    path("settings/segments/new/", saved.new_saved_segment, name="new_saved_segment"),
    path("settings/segments/<int:pk>/", saved.edit_saved_segment, name="edit_saved_segment"),
    path("settings/segments/<int:pk>/keep/", saved.keep_saved_segment, name="keep_saved_segment"),
]

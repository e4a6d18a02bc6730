from django.urls import path

from groups.views import venue

urlpatterns = [
    path("groups/<int:pk>/venue/edit/", venue.venue_edit, name="venue_edit"),
]

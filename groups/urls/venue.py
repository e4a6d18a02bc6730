from django.urls import path

from groups.views import venue

urlpatterns = [
    path("sites/<int:pk>/venues/", venue.venue_list, name="venue_list"),
    path("sites/<int:pk>/venues/add/", venue.venue_add, name="venue_add"),
    path("venues/<int:pk>/", venue.venue_detail, name="venue_detail"),
    path("venues/<int:pk>/card/", venue.venue_card, name="venue_card"),
    path("venues/<int:pk>/edit/", venue.venue_edit, name="venue_edit"),
    path("venues/<int:pk>/access/", venue.venue_access, name="venue_access"),
    path("venues/<int:pk>/merge/", venue.venue_merge, name="venue_merge"),
]

from django.urls import path

from groups.views import picture

urlpatterns = [
    path("groups/<int:pk>/year/", picture.group_year, name="group_year"),
    path("sites/<int:pk>/timeline/", picture.site_timeline, name="site_timeline"),
]

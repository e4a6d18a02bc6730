from django.urls import path

from groups.views import site

urlpatterns = [
    path("sites/add/", site.site_add, name="site_add"),
    path("sites/<int:pk>/edit/", site.site_edit, name="site_edit"),
]

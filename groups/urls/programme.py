from django.urls import path

from groups.views import programme

urlpatterns = [
    path("programmes/", programme.programme_list, name="programme_list"),
    path("sites/<int:pk>/programmes/add/", programme.programme_add, name="programme_add"),
    path("programmes/<int:pk>/", programme.programme_detail, name="programme_detail"),
    path("programmes/<int:pk>/edit/", programme.programme_edit, name="programme_edit"),
]

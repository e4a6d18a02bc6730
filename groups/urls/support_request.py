from django.urls import path

from groups.views import support_request

urlpatterns = [
    path("requests/", support_request.support_request_list, name="support_request_list"),
    path("groups/<int:pk>/requests/add/", support_request.support_request_add, name="support_request_add"),
    path("requests/<int:pk>/", support_request.support_request_detail, name="support_request_detail"),
    path("requests/<int:pk>/close/", support_request.support_request_close, name="support_request_close"),
]

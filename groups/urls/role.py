from django.urls import path

from groups.views import handing_over, role

urlpatterns = [
    path("programmes/<int:pk>/tutors/appoint/", role.tutor_appoint, name="tutor_appoint"),
    path("roles/", role.role_list, name="role_list"),
    path("groups/<int:pk>/roles/offer/", role.role_offer, name="role_offer"),
    path("groups/<int:pk>/hand-over/", handing_over.group_hand_over, name="group_hand_over"),
    path("roles/<int:pk>/edit/", role.role_edit, name="role_edit"),
    path("roles/<int:pk>/accept/", role.role_accept, name="role_accept"),
    path("roles/<int:pk>/end/", role.role_end, name="role_end"),
    path("roles/<int:pk>/hand-over/", handing_over.role_hand_over, name="role_hand_over"),
]

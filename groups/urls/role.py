from django.urls import path

from groups.views import role

urlpatterns = [
    path("programmes/<int:pk>/tutors/appoint/", role.tutor_appoint, name="tutor_appoint"),
    path("roles/", role.role_list, name="role_list"),
    path("groups/<int:pk>/roles/offer/", role.role_offer, name="role_offer"),
    path("roles/<int:pk>/accept/", role.role_accept, name="role_accept"),
    path("roles/<int:pk>/end/", role.role_end, name="role_end"),
    path("roles/<int:pk>/hand-over/", role.role_hand_over, name="role_hand_over"),
]

from django.urls import path

from groups.views import kept_member, membership

urlpatterns = [
    path("groups/<int:pk>/members/", membership.membership_list, name="membership_list"),
    path("groups/<int:pk>/members/add/", kept_member.kept_member_add, name="kept_member_add"),
    path("memberships/<int:pk>/", membership.membership_detail, name="membership_detail"),
    path("memberships/<int:pk>/pause/", membership.membership_pause, name="membership_pause"),
    path("memberships/<int:pk>/resume/", membership.membership_resume, name="membership_resume"),
    path("memberships/<int:pk>/remove/", membership.membership_remove, name="membership_remove"),
    path("memberships/<int:pk>/never-came/", membership.membership_never_came, name="membership_never_came"),
    path("memberships/<int:pk>/died/", membership.membership_died, name="membership_died"),
    path("memberships/<int:pk>/died/undo/", membership.membership_died_undo, name="membership_died_undo"),
    path("memberships/<int:pk>/edit/", kept_member.kept_member_edit, name="kept_member_edit"),
    path("memberships/<int:pk>/claim/", kept_member.claim_add, name="claim_add"),
]

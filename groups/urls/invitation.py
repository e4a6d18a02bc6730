from django.urls import path

from groups.views import invitation

urlpatterns = [
    path("groups/<int:pk>/invitations/", invitation.invitation_list, name="invitation_list"),
    path("groups/<int:pk>/invitations/add/", invitation.invitation_add, name="invitation_add"),
    path("groups/<int:pk>/codes/add/", invitation.code_add, name="code_add"),
    path("invitations/<int:pk>/sheet/", invitation.invitation_sheet, name="invitation_sheet"),
    path("invitations/<int:pk>/qr.svg", invitation.invitation_qr, name="invitation_qr"),
    path("invitations/<int:pk>/resend/", invitation.invitation_resend, name="invitation_resend"),
    path("invitations/<int:pk>/withdraw/", invitation.invitation_withdraw, name="invitation_withdraw"),
]

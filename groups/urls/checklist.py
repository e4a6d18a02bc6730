from django.urls import path

from groups.views import checklist

urlpatterns = [
    path("groups/<int:pk>/checklist/", checklist.checklist_detail, name="checklist_detail"),
    path("checklist-steps/<int:pk>/settle/", checklist.checklist_step_settle, name="checklist_step_settle"),
    path("sites/<int:pk>/checklist/", checklist.checklist_item_list, name="checklist_item_list"),
    path("sites/<int:pk>/checklist/add/", checklist.checklist_item_add, name="checklist_item_add"),
    path("checklist-items/<int:pk>/edit/", checklist.checklist_item_edit, name="checklist_item_edit"),
    path("checklist-items/<int:pk>/raise/", checklist.checklist_item_raise, name="checklist_item_raise"),
    path("checklist-items/<int:pk>/remove/", checklist.checklist_item_remove, name="checklist_item_remove"),
]

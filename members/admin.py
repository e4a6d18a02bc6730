"""Accounts for administrators: who may sign in, who runs the service. No member content, no password, no deletion."""

from django.contrib import admin

from members.models import Person


@admin.register(Person)
class PersonAdmin(admin.ModelAdmin):
    list_display = ["preferred_name", "email", "is_active", "is_staff"]
    list_filter = ["is_active", "is_staff"]
    search_fields = ["email", "preferred_name"]
    fields = ["email", "preferred_name", "time_zone", "is_active", "is_staff", "is_superuser", "joined_at"]
    readonly_fields = ["joined_at"]

    def has_add_permission(self, request):
        """People sign up, or are added with the role they are offered."""
        return False

    def has_delete_permission(self, request, obj=None):
        """Erasing a person is a service of its own: others' history needs a placeholder."""
        return False

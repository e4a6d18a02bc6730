"""What administrators do here: sites, and who coordinates them. No member content."""

from django.contrib import admin

from groups.models import ProgrammeStaff, Site


@admin.register(Site)
class SiteAdmin(admin.ModelAdmin):
    list_display = ("name", "kind")
    search_fields = ("name",)
    fields = ("name", "kind", "created_at")

    def has_delete_permission(self, request, obj=None):
        return False


@admin.register(ProgrammeStaff)
class ProgrammeStaffAdmin(admin.ModelAdmin):
    """A post is ended by its date, never deleted: who looked after a site stays known."""

    list_display = ("site", "person", "started_at", "ended_at")
    list_select_related = ("site", "person")
    autocomplete_fields = ("site", "person")
    fields = ("site", "person", "started_at", "ended_at")

    def has_delete_permission(self, request, obj=None):
        return False

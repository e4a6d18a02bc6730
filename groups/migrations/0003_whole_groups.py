import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

import groups.models.role_term


class Migration(migrations.Migration):
    dependencies = [
        ("groups", "0002_initial"),
        ("members", "__first__"),
    ]

    operations = [
        migrations.CreateModel(
            name="BringItem",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("what", models.CharField(max_length=120, verbose_name="what to bring or do")),
                ("added_at", models.DateTimeField()),
            ],
            options={
                "ordering": ["added_at", "pk"],
            },
        ),
        migrations.CreateModel(
            name="ChecklistItem",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("position", models.PositiveSmallIntegerField()),
                ("title", models.CharField(max_length=120, verbose_name="what to do")),
                ("hint", models.CharField(blank=True, max_length=300, verbose_name="a few words of help")),
                (
                    "page",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("purpose", "What the group is about"),
                            ("venue", "Where it meets"),
                            ("people", "Inviting the people"),
                            ("meeting", "The first meeting"),
                            ("roles", "Who does what"),
                            ("contact", "Keeping in touch"),
                            ("ground_rules", "Ground rules"),
                            ("plan", "The first support plan"),
                        ],
                        max_length=20,
                        verbose_name="where it is done",
                    ),
                ),
            ],
            options={
                "ordering": ["position", "pk"],
            },
        ),
        migrations.CreateModel(
            name="ChecklistStep",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("position", models.PositiveSmallIntegerField()),
                ("title", models.CharField(max_length=120)),
                ("hint", models.CharField(blank=True, max_length=300)),
                (
                    "page",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("purpose", "What the group is about"),
                            ("venue", "Where it meets"),
                            ("people", "Inviting the people"),
                            ("meeting", "The first meeting"),
                            ("roles", "Who does what"),
                            ("contact", "Keeping in touch"),
                            ("ground_rules", "Ground rules"),
                            ("plan", "The first support plan"),
                        ],
                        max_length=20,
                    ),
                ),
                (
                    "state",
                    models.CharField(
                        choices=[("open", "To do"), ("done", "Done"), ("not_needed", "Not needed")],
                        default="open",
                        max_length=10,
                    ),
                ),
                ("settled_at", models.DateTimeField(null=True)),
            ],
            options={
                "ordering": ["position", "pk"],
            },
        ),
        migrations.CreateModel(
            name="Concern",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("text", models.TextField(verbose_name="what worries you")),
                ("raised_at", models.DateTimeField()),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("sent", "Sent, not read yet"),
                            ("seen", "Read"),
                            ("passed_on", "Passed on"),
                            ("closed", "Closed"),
                        ],
                        default="sent",
                        max_length=10,
                    ),
                ),
            ],
            options={
                "ordering": ["-raised_at", "-pk"],
            },
        ),
        migrations.CreateModel(
            name="ConcernStep",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("sent", "Sent, not read yet"),
                            ("seen", "Read"),
                            ("passed_on", "Passed on"),
                            ("closed", "Closed"),
                        ],
                        max_length=10,
                    ),
                ),
                ("note", models.TextField(blank=True, verbose_name="to whom, or how it ended")),
                ("at", models.DateTimeField()),
            ],
            options={
                "ordering": ["at", "pk"],
            },
        ),
        migrations.CreateModel(
            name="JoinRequest",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("note", models.TextField(blank=True, verbose_name="a few words to the group")),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("asked", "Waiting for an answer"),
                            ("accepted", "Accepted"),
                            ("declined", "Not this time"),
                            ("withdrawn", "Taken back"),
                        ],
                        default="asked",
                        max_length=10,
                    ),
                ),
                ("asked_at", models.DateTimeField()),
                ("answered_at", models.DateTimeField(null=True)),
                ("answer_note", models.TextField(blank=True, verbose_name="a note with the answer")),
            ],
        ),
        migrations.CreateModel(
            name="MeetingNote",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("text", models.TextField(blank=True, verbose_name="decisions and next steps")),
                ("written_at", models.DateTimeField()),
                ("replaced_at", models.DateTimeField(null=True)),
            ],
        ),
        migrations.CreateModel(
            name="SafeguardingPost",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("is_deputy", models.BooleanField(default=False)),
                ("started_at", models.DateTimeField()),
                ("ended_at", models.DateTimeField(null=True)),
            ],
        ),
        migrations.CreateModel(
            name="SupportRequest",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "to",
                    models.CharField(
                        choices=[("tutor", "Our patient tutor"), ("coordinator", "The programme's coordinator")],
                        max_length=20,
                        verbose_name="whom to ask",
                    ),
                ),
                ("text", models.TextField(verbose_name="what would help")),
                ("asked_at", models.DateTimeField()),
                (
                    "state",
                    models.CharField(
                        choices=[("open", "Waiting for an answer"), ("answered", "Answered"), ("closed", "Closed")],
                        default="open",
                        max_length=10,
                    ),
                ),
                ("answer", models.TextField(blank=True, verbose_name="answer")),
                ("answered_at", models.DateTimeField(null=True)),
                ("closed_at", models.DateTimeField(null=True)),
            ],
        ),
        migrations.CreateModel(
            name="VenueFeature",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "feature",
                    models.CharField(
                        choices=[
                            ("step_free", "Step-free way in"),
                            ("parking", "Parking"),
                            ("seating", "Chairs with backs and arms"),
                            ("hearing_loop", "Hearing loop"),
                            ("toilets", "Accessible toilet"),
                            ("bus", "Bus stop nearby"),
                        ],
                        max_length=20,
                    ),
                ),
                ("is_there", models.BooleanField()),
                ("note", models.CharField(blank=True, max_length=200)),
            ],
        ),
        migrations.RemoveConstraint(
            model_name="attendance",
            name="one_standing_attendance",
        ),
        migrations.RemoveConstraint(
            model_name="calendarfeed",
            name="one_live_feed_per_person",
        ),
        migrations.RemoveConstraint(
            model_name="membership",
            name="membership_state_known",
        ),
        migrations.RemoveConstraint(
            model_name="membership",
            name="ended_membership_has_date",
        ),
        migrations.RemoveConstraint(
            model_name="rsvp",
            name="one_rsvp_per_meeting_and_person",
        ),
        migrations.AddField(
            model_name="attendance",
            name="membership",
            field=models.ForeignKey(
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="attendances",
                to="groups.membership",
            ),
        ),
        migrations.AddField(
            model_name="calendarfeed",
            name="group",
            field=models.ForeignKey(
                help_text="Blank: all my groups.",
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="groups.supportgroup",
            ),
        ),
        migrations.AddField(
            model_name="invitation",
            name="decline_reason",
            field=models.TextField(blank=True, verbose_name="reason, in the person's own words"),
        ),
        migrations.AddField(
            model_name="invitation",
            name="declined_at",
            field=models.DateTimeField(null=True),
        ),
        migrations.AddField(
            model_name="invitation",
            name="membership",
            field=models.ForeignKey(
                help_text="The membership kept for someone without an account, who claims it with this code.",
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="claims",
                to="groups.membership",
            ),
        ),
        migrations.AddField(
            model_name="invitation",
            name="role",
            field=models.CharField(
                blank=True,
                choices=groups.models.role_term.RoleTerm.group_roles,
                help_text="The role they are asked to take on once in.",
                max_length=20,
            ),
        ),
        migrations.AddField(
            model_name="meeting",
            name="capacity",
            field=models.PositiveSmallIntegerField(help_text="How many can come; blank is as many as like.", null=True),
        ),
        migrations.AddField(
            model_name="meeting",
            name="online_venue",
            field=models.ForeignKey(
                help_text="The online room of a meeting that has a place as well.",
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="groups.venue",
            ),
        ),
        migrations.AddField(
            model_name="meetingseries",
            name="capacity",
            field=models.PositiveSmallIntegerField(null=True),
        ),
        migrations.AddField(
            model_name="meetingseries",
            name="online_venue",
            field=models.ForeignKey(
                null=True, on_delete=django.db.models.deletion.PROTECT, related_name="+", to="groups.venue"
            ),
        ),
        migrations.AddField(
            model_name="membership",
            name="ended_by",
            field=models.ForeignKey(
                null=True, on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
            ),
        ),
        migrations.AddField(
            model_name="membership",
            name="greeter_may_know",
            field=models.BooleanField(default=False, help_text="The greeter may know that they are new."),
        ),
        migrations.AddField(
            model_name="membership",
            name="kept_by",
            field=models.ForeignKey(
                null=True, on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
            ),
        ),
        migrations.AddField(
            model_name="membership",
            name="leave_given_on",
            field=models.DateField(help_text="When they said that their name may be kept here.", null=True),
        ),
        migrations.AddField(
            model_name="membership",
            name="name",
            field=models.CharField(blank=True, max_length=80, verbose_name="name of someone without an account"),
        ),
        migrations.AddField(
            model_name="membership",
            name="removal_reason",
            field=models.TextField(blank=True, verbose_name="reason the person was given"),
        ),
        migrations.AddField(
            model_name="membership",
            name="shows_answer",
            field=models.BooleanField(default=False, help_text="Others in the group may see that they come."),
        ),
        migrations.AddField(
            model_name="membership",
            name="told_by",
            field=models.ForeignKey(
                null=True, on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
            ),
        ),
        migrations.AddField(
            model_name="membership",
            name="told_how",
            field=models.CharField(
                blank=True,
                choices=[
                    ("in_person", "In person"),
                    ("phone", "By phone"),
                    ("post", "By post"),
                    ("household", "Someone they live with gets the emails"),
                ],
                max_length=20,
                verbose_name="how they hear of things",
            ),
        ),
        migrations.AddField(
            model_name="membership",
            name="usually_comes",
            field=models.BooleanField(default=False),
        ),
        migrations.AddField(
            model_name="roleterm",
            name="ends_on",
            field=models.DateField(help_text="Until when they mean to do it; nothing ends by itself.", null=True),
        ),
        migrations.AddField(
            model_name="roleterm",
            name="instead_of",
            field=models.ForeignKey(
                help_text="Ends once this is accepted.",
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="successors",
                to="groups.roleterm",
            ),
        ),
        migrations.AddField(
            model_name="rsvp",
            name="coming_since",
            field=models.DateTimeField(help_text="Since when they mean to come: the order of places.", null=True),
        ),
        migrations.AddField(
            model_name="rsvp",
            name="is_standing",
            field=models.BooleanField(default=False, help_text="Filled in since they usually come."),
        ),
        migrations.AddField(
            model_name="rsvp",
            name="membership",
            field=models.ForeignKey(
                null=True, on_delete=django.db.models.deletion.PROTECT, related_name="rsvps", to="groups.membership"
            ),
        ),
        migrations.AddField(
            model_name="rsvp",
            name="noted_by",
            field=models.ForeignKey(
                help_text="The role holder who noted what someone without an account said.",
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
            ),
        ),
        migrations.AddField(
            model_name="site",
            name="holiday_region",
            field=models.CharField(
                choices=[("ENG", "England"), ("SCT", "Scotland"), ("WLS", "Wales"), ("NIR", "Northern Ireland")],
                default="ENG",
                max_length=3,
                verbose_name="whose bank holidays",
            ),
        ),
        migrations.AddField(
            model_name="supportgroup",
            name="expectations",
            field=models.TextField(blank=True, verbose_name="what to expect when you come for the first time"),
        ),
        migrations.AddField(
            model_name="supportgroup",
            name="language",
            field=models.CharField(default="English", max_length=60, verbose_name="language of the meetings"),
        ),
        migrations.AddField(
            model_name="supportgroup",
            name="merged_into",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="merged_from",
                to="groups.supportgroup",
            ),
        ),
        migrations.AddField(
            model_name="supportgroup",
            name="online_venue",
            field=models.ForeignKey(
                blank=True,
                help_text="The online room of a group that has a place as well.",
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="groups.venue",
            ),
        ),
        migrations.AddField(
            model_name="supportgroup",
            name="quiet_since",
            field=models.DateTimeField(
                help_text="The last meeting, or when an organiser last said that it goes on.", null=True
            ),
        ),
        migrations.AddField(
            model_name="venue",
            name="capacity",
            field=models.PositiveSmallIntegerField(blank=True, null=True, verbose_name="how many people it holds"),
        ),
        migrations.AddField(
            model_name="venue",
            name="cost",
            field=models.CharField(blank=True, max_length=200, verbose_name="what it costs"),
        ),
        migrations.AddField(
            model_name="venue",
            name="insurance",
            field=models.CharField(blank=True, max_length=300, verbose_name="what insurance it asks for"),
        ),
        migrations.AddField(
            model_name="venue",
            name="merged_into",
            field=models.ForeignKey(
                null=True, on_delete=django.db.models.deletion.PROTECT, related_name="merged_from", to="groups.venue"
            ),
        ),
        migrations.AddField(
            model_name="venue",
            name="supervision",
            field=models.CharField(blank=True, max_length=300, verbose_name="who must be there or lock up"),
        ),
        migrations.AlterField(
            model_name="membership",
            name="person",
            field=models.ForeignKey(
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="memberships",
                to=settings.AUTH_USER_MODEL,
            ),
        ),
        migrations.AlterField(
            model_name="membership",
            name="state",
            field=models.CharField(
                choices=[
                    ("joined", "Member"),
                    ("paused", "Taking a break"),
                    ("left", "Left"),
                    ("removed", "Taken out of the group"),
                    ("never_attended", "Never came"),
                    ("died", "Has died"),
                ],
                default="joined",
                max_length=20,
            ),
        ),
        migrations.AlterField(
            model_name="venue",
            name="conditions",
            field=models.TextField(blank=True, verbose_name="what else the venue requires"),
        ),
        migrations.AddIndex(
            model_name="supportgroup",
            index=models.Index(fields=["site", "quiet_since"], name="group_site_quiet"),
        ),
        migrations.AddConstraint(
            model_name="calendarfeed",
            constraint=models.UniqueConstraint(
                condition=models.Q(("revoked_at__isnull", True)),
                fields=("person", "group"),
                name="one_live_feed_per_person_and_group",
                nulls_distinct=False,
            ),
        ),
        migrations.AddConstraint(
            model_name="invitation",
            constraint=models.CheckConstraint(
                condition=models.Q(("role__in", ["", "contact", "host", "greeter", "deputy"])),
                name="invitation_role_known",
            ),
        ),
        migrations.AddConstraint(
            model_name="invitation",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("membership", None), models.Q(("kind", "code"), ("max_uses", 1), ("role", "")), _connector="OR"
                ),
                name="claim_is_a_code_for_one",
            ),
        ),
        migrations.AddConstraint(
            model_name="invitation",
            constraint=models.CheckConstraint(
                condition=models.Q(("declined_at", None), ("withdrawn_at__isnull", False), _connector="OR"),
                name="declined_invitation_is_over",
            ),
        ),
        migrations.AddConstraint(
            model_name="meeting",
            constraint=models.CheckConstraint(
                condition=models.Q(("capacity", None), ("capacity__gte", 1), _connector="OR"),
                name="meeting_has_room_for_someone",
            ),
        ),
        migrations.AddConstraint(
            model_name="membership",
            constraint=models.CheckConstraint(
                condition=models.Q(("state__in", ["joined", "paused", "left", "removed", "never_attended", "died"])),
                name="membership_state_known",
            ),
        ),
        migrations.AddConstraint(
            model_name="membership",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("ended_at", None), ("state__in", ("joined", "paused"))),
                    models.Q(
                        models.Q(("state__in", ("joined", "paused")), _negated=True),
                        ("ended_at__gte", models.F("joined_at")),
                    ),
                    _connector="OR",
                ),
                name="ended_membership_has_date",
            ),
        ),
        migrations.AddConstraint(
            model_name="membership",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("name", ""), ("person__isnull", False), ("told_by", None), ("told_how", "")),
                    models.Q(
                        ("kept_by__isnull", False),
                        ("leave_given_on__isnull", False),
                        ("person", None),
                        models.Q(("name", ""), _negated=True),
                    ),
                    _connector="OR",
                ),
                name="membership_of_person_or_name",
            ),
        ),
        migrations.AddConstraint(
            model_name="membership",
            constraint=models.CheckConstraint(
                condition=models.Q(("told_how__in", ["", "in_person", "phone", "post", "household"])),
                name="membership_told_how_known",
            ),
        ),
        migrations.AddConstraint(
            model_name="membership",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("state", "removed"), _negated=True),
                    models.Q(("removal_reason", ""), _negated=True),
                    _connector="OR",
                ),
                name="removed_member_has_reason",
            ),
        ),
        migrations.AddConstraint(
            model_name="site",
            constraint=models.CheckConstraint(
                condition=models.Q(("holiday_region__in", ["ENG", "SCT", "WLS", "NIR"])),
                name="site_holiday_region_known",
            ),
        ),
        migrations.AddConstraint(
            model_name="supportgroup",
            constraint=models.CheckConstraint(
                condition=models.Q(("merged_into", None), ("state", "closed"), _connector="OR"),
                name="only_closed_groups_are_merged",
            ),
        ),
        migrations.AddField(
            model_name="bringitem",
            name="added_by",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
            ),
        ),
        migrations.AddField(
            model_name="bringitem",
            name="meeting",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="bring_items", to="groups.meeting"
            ),
        ),
        migrations.AddField(
            model_name="bringitem",
            name="taken_by",
            field=models.ForeignKey(
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="bring_items",
                to="groups.membership",
            ),
        ),
        migrations.AddField(
            model_name="checklistitem",
            name="site",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="checklist_items", to="groups.site"
            ),
        ),
        migrations.AddField(
            model_name="checkliststep",
            name="group",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="checklist_steps", to="groups.supportgroup"
            ),
        ),
        migrations.AddField(
            model_name="checkliststep",
            name="settled_by",
            field=models.ForeignKey(
                null=True, on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
            ),
        ),
        migrations.AddField(
            model_name="concern",
            name="group",
            field=models.ForeignKey(
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="concerns",
                to="groups.supportgroup",
            ),
        ),
        migrations.AddField(
            model_name="concern",
            name="raised_by",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="concerns", to=settings.AUTH_USER_MODEL
            ),
        ),
        migrations.AddField(
            model_name="concern",
            name="site",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="concerns", to="groups.site"
            ),
        ),
        migrations.AddField(
            model_name="concernstep",
            name="by",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
            ),
        ),
        migrations.AddField(
            model_name="concernstep",
            name="concern",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="steps", to="groups.concern"
            ),
        ),
        migrations.AddField(
            model_name="joinrequest",
            name="answered_by",
            field=models.ForeignKey(
                null=True, on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
            ),
        ),
        migrations.AddField(
            model_name="joinrequest",
            name="group",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="join_requests", to="groups.supportgroup"
            ),
        ),
        migrations.AddField(
            model_name="joinrequest",
            name="invitation",
            field=models.ForeignKey(
                null=True, on_delete=django.db.models.deletion.PROTECT, related_name="+", to="groups.invitation"
            ),
        ),
        migrations.AddField(
            model_name="joinrequest",
            name="person",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="join_requests", to=settings.AUTH_USER_MODEL
            ),
        ),
        migrations.AddField(
            model_name="meetingnote",
            name="meeting",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="notes", to="groups.meeting"
            ),
        ),
        migrations.AddField(
            model_name="meetingnote",
            name="written_by",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
            ),
        ),
        migrations.AddField(
            model_name="safeguardingpost",
            name="named_by",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
            ),
        ),
        migrations.AddField(
            model_name="safeguardingpost",
            name="person",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT,
                related_name="safeguarding_posts",
                to=settings.AUTH_USER_MODEL,
            ),
        ),
        migrations.AddField(
            model_name="safeguardingpost",
            name="site",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="safeguarding_posts", to="groups.site"
            ),
        ),
        migrations.AddField(
            model_name="supportrequest",
            name="answered_by",
            field=models.ForeignKey(
                null=True, on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
            ),
        ),
        migrations.AddField(
            model_name="supportrequest",
            name="asked_by",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT,
                related_name="support_requests",
                to=settings.AUTH_USER_MODEL,
            ),
        ),
        migrations.AddField(
            model_name="supportrequest",
            name="closed_by",
            field=models.ForeignKey(
                null=True, on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
            ),
        ),
        migrations.AddField(
            model_name="supportrequest",
            name="group",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="support_requests", to="groups.supportgroup"
            ),
        ),
        migrations.AddField(
            model_name="venuefeature",
            name="venue",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="features", to="groups.venue"
            ),
        ),
        migrations.AddConstraint(
            model_name="bringitem",
            constraint=models.CheckConstraint(
                condition=models.Q(("what", ""), _negated=True), name="bring_item_says_what"
            ),
        ),
        migrations.AddConstraint(
            model_name="checklistitem",
            constraint=models.CheckConstraint(
                condition=models.Q(("title", ""), _negated=True), name="checklist_item_has_title"
            ),
        ),
        migrations.AddConstraint(
            model_name="checkliststep",
            constraint=models.CheckConstraint(
                condition=models.Q(("state__in", ["open", "done", "not_needed"])), name="checklist_step_state_known"
            ),
        ),
        migrations.AddConstraint(
            model_name="checkliststep",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("settled_at", None), ("settled_by", None), ("state", "open")),
                    models.Q(
                        models.Q(("state", "open"), _negated=True),
                        ("settled_at__isnull", False),
                        ("settled_by__isnull", False),
                    ),
                    _connector="OR",
                ),
                name="settled_step_has_who_and_when",
            ),
        ),
        migrations.AddConstraint(
            model_name="concern",
            constraint=models.CheckConstraint(
                condition=models.Q(("text", ""), _negated=True), name="concern_says_something"
            ),
        ),
        migrations.AddConstraint(
            model_name="concern",
            constraint=models.CheckConstraint(
                condition=models.Q(("state__in", ["sent", "seen", "passed_on", "closed"])), name="concern_state_known"
            ),
        ),
        migrations.AddConstraint(
            model_name="concernstep",
            constraint=models.CheckConstraint(
                condition=models.Q(("state__in", ["seen", "passed_on", "closed"])), name="concern_step_state_known"
            ),
        ),
        migrations.AddConstraint(
            model_name="joinrequest",
            constraint=models.UniqueConstraint(
                condition=models.Q(("state", "asked")),
                fields=("group", "person"),
                name="one_open_request_per_group_and_person",
            ),
        ),
        migrations.AddConstraint(
            model_name="joinrequest",
            constraint=models.CheckConstraint(
                condition=models.Q(("state__in", ["asked", "accepted", "declined", "withdrawn"])),
                name="join_request_state_known",
            ),
        ),
        migrations.AddConstraint(
            model_name="joinrequest",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("state__in", ["accepted", "declined"]), _negated=True),
                    models.Q(("answered_at__isnull", False), ("answered_by__isnull", False)),
                    _connector="OR",
                ),
                name="answered_join_request_has_answer",
            ),
        ),
        migrations.AddConstraint(
            model_name="meetingnote",
            constraint=models.UniqueConstraint(
                condition=models.Q(("replaced_at__isnull", True)),
                fields=("meeting",),
                name="one_standing_note_per_meeting",
            ),
        ),
        migrations.AddConstraint(
            model_name="safeguardingpost",
            constraint=models.UniqueConstraint(
                condition=models.Q(("ended_at__isnull", True)),
                fields=("site", "is_deputy"),
                name="one_safeguarding_lead_and_deputy_per_site",
            ),
        ),
        migrations.AddConstraint(
            model_name="safeguardingpost",
            constraint=models.CheckConstraint(
                condition=models.Q(("ended_at__gte", models.F("started_at")), ("ended_at", None), _connector="OR"),
                name="safeguarding_post_ends_after_start",
            ),
        ),
        migrations.AddIndex(
            model_name="supportrequest",
            index=models.Index(fields=["group", "state"], name="support_request_group_state"),
        ),
        migrations.AddConstraint(
            model_name="supportrequest",
            constraint=models.CheckConstraint(
                condition=models.Q(("to__in", ["tutor", "coordinator"])), name="support_request_to_known"
            ),
        ),
        migrations.AddConstraint(
            model_name="supportrequest",
            constraint=models.CheckConstraint(
                condition=models.Q(("state__in", ["open", "answered", "closed"])), name="support_request_state_known"
            ),
        ),
        migrations.AddConstraint(
            model_name="supportrequest",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("state", "answered"), _negated=True),
                    models.Q(
                        models.Q(("answer", ""), _negated=True),
                        ("answered_at__isnull", False),
                        ("answered_by__isnull", False),
                    ),
                    _connector="OR",
                ),
                name="answered_request_has_answer",
            ),
        ),
        migrations.AddConstraint(
            model_name="supportrequest",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("state", "closed"), _negated=True),
                    models.Q(("closed_at__isnull", False), ("closed_by__isnull", False)),
                    _connector="OR",
                ),
                name="closed_request_has_who_and_when",
            ),
        ),
        migrations.AddConstraint(
            model_name="venuefeature",
            constraint=models.UniqueConstraint(fields=("venue", "feature"), name="one_line_per_venue_and_feature"),
        ),
        migrations.AddConstraint(
            model_name="venuefeature",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("feature__in", ["step_free", "parking", "seating", "hearing_loop", "toilets", "bus"])
                ),
                name="venue_feature_known",
            ),
        ),
        migrations.AlterField(
            model_name="attendance",
            name="person",
            field=models.ForeignKey(
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="attendances",
                to=settings.AUTH_USER_MODEL,
            ),
        ),
        migrations.AlterField(
            model_name="rsvp",
            name="person",
            field=models.ForeignKey(
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="rsvps",
                to=settings.AUTH_USER_MODEL,
            ),
        ),
    ]

from django.urls import path, re_path

from groups.views import concern, safeguarding

POST = r"^sites/(?P<pk>\d+)/safeguarding/(?P<post>lead|deputy)"

urlpatterns = [
    path("concerns/", concern.concern_list, name="concern_list"),
    path("groups/<int:pk>/concerns/raise/", concern.concern_raise, name="concern_raise"),
    path("concerns/<int:pk>/", concern.concern_detail, name="concern_detail"),
    path("concerns/<int:pk>/read/", concern.concern_read, name="concern_read"),
    path("concerns/<int:pk>/pass-on/", concern.concern_pass_on, name="concern_pass_on"),
    path("concerns/<int:pk>/close/", concern.concern_close, name="concern_close"),
    path("sites/<int:pk>/safeguarding/", safeguarding.safeguarding_detail, name="safeguarding_detail"),
    re_path(rf"{POST}/name/$", safeguarding.safeguarding_name, name="safeguarding_name"),
    re_path(rf"{POST}/end/$", safeguarding.safeguarding_end, name="safeguarding_end"),
]

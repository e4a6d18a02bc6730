"""Settings, read from the environment. What each variable means stands in .env.example."""

from datetime import timedelta
from email.utils import parseaddr
from pathlib import Path
from urllib.parse import unquote, urlsplit

import dj_database_url
from django.core.exceptions import ImproperlyConfigured
from django.urls import reverse_lazy
from django.utils.csp import CSP
from environs import Env

BASE_DIR = Path(__file__).resolve().parent.parent

env = Env()
env.read_env(BASE_DIR / ".env", recurse=False)


def required(name, what):
    """The value of environment variable `name`; without one, a sentence that says what to set."""
    value = env.str(name, "")
    if not value:
        raise ImproperlyConfigured(f"Set {name}: {what}. See .env.example.")
    return value


def smtp_options(url):
    """Options for Django's SMTP backend from `smtp://user:password@host:port` (`smtps`: TLS from the start,
    `smtp+tls`: STARTTLS)."""
    parts = urlsplit(url)
    if parts.scheme not in {"smtp", "smtps", "smtp+tls"} or not parts.hostname:
        raise ImproperlyConfigured("SMTP_URL must look like smtp+tls://user:password@mail.example.org:587.")
    return {
        "host": parts.hostname,
        "port": parts.port or {"smtp": 25, "smtps": 465, "smtp+tls": 587}[parts.scheme],
        "username": unquote(parts.username or ""),
        "password": unquote(parts.password or ""),
        "use_tls": parts.scheme == "smtp+tls",
        "use_ssl": parts.scheme == "smtps",
        "timeout": env.int("SMTP_TIMEOUT", 10),
    }


# The service
SERVICE_NAME = env.str("SERVICE_NAME", "Peer Support")
SERVICE_RUN_BY = required("SERVICE_RUN_BY", "who runs this service, as it stands at the foot of each page")
BASE_URL = required("BASE_URL", "the address people use, like https://peersupport.example.org").rstrip("/")
METRICS_TOKEN = env.str("METRICS_TOKEN", "")
DEMO = env.bool("DEMO", False)
DEMO_MAIL_DIR = env.str("DEMO_MAIL_DIR", "")
INSTRUMENT_LICENCES_ACCEPTED = env.list("INSTRUMENT_LICENCES_ACCEPTED", [])
INSTRUMENTS_DIR = env.str("INSTRUMENTS_DIR", "")
EXPORT_DIR = Path(env.str("EXPORT_DIR", str(BASE_DIR / ".data" / "exports")))
EXPORT_KEY = required(
    "EXPORT_KEY", "the secret from which pseudonyms in exports are made; keep it apart from the database"
)

# Django
SECRET_KEY = required("SECRET_KEY", "a long random text")
SECRET_KEY_FALLBACKS = env.list("SECRET_KEY_FALLBACKS", [])
DEBUG = env.bool("DEBUG", False)
ALLOWED_HOSTS = env.list("ALLOWED_HOSTS", [urlsplit(BASE_URL).hostname])
CSRF_TRUSTED_ORIGINS = [BASE_URL]
ROOT_URLCONF = "peersupport.urls"
WSGI_APPLICATION = "peersupport.wsgi.application"
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

INSTALLED_APPS = [
    "members.apps.MembersConfig",
    "groups.apps.GroupsConfig",
    "supportplans.apps.SupportPlansConfig",
    "evaluation.apps.EvaluationConfig",
    "peersupport",
    "peersupport.access.apps.AccessConfig",
    "peersupport.instruments.apps.InstrumentsConfig",
    "peersupport.reminders.apps.RemindersConfig",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "allauth.usersessions",
    "crispy_forms",
    "django_htmx",
    "django.contrib.admin",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.humanize",
    "django.contrib.messages",
    "django.contrib.postgres",
    "django.contrib.sessions",
    "django.contrib.staticfiles",
    "django.forms",
]

MIDDLEWARE = [
    "peersupport.logs.RequestIdMiddleware",
    "django.middleware.security.SecurityMiddleware",
    "django.middleware.csp.ContentSecurityPolicyMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "members.middleware.SignInMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "allauth.usersessions.middleware.UserSessionsMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "members.middleware.PersonLocaleMiddleware",
    "members.middleware.SecondFactorMiddleware",
    "members.middleware.PrivatePagesMiddleware",
]

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "peersupport.navigation.service",
                "peersupport.navigation.navigation",
            ],
            "builtins": [
                "peersupport.templatetags.components",
                "django.templatetags.i18n",
                "django.templatetags.static",
            ],
        },
    },
]
FORM_RENDERER = "django.forms.renderers.TemplatesSetting"

# PostgreSQL. Migrations run as the owner (MIGRATION_DATABASE_URL), everything else as a role that owns nothing.
DATABASES = {
    "default": {
        **dj_database_url.parse(
            required("DATABASE_URL", "where PostgreSQL is, like postgresql://role:password@host:5432/peersupport"),
            conn_max_age=env.int("CONN_MAX_AGE", 60),
            conn_health_checks=True,
        ),
        "ATOMIC_REQUESTS": False,
    },
}
DATABASES["default"].setdefault("OPTIONS", {}).update(
    connect_timeout=5,
    options=f"-c statement_timeout={env.int('STATEMENT_TIMEOUT_MS', 10000)} -c timezone=UTC",
)
MIGRATION_DATABASE_URL = env.str("MIGRATION_DATABASE_URL", "")

# Redis or Valkey: broker, cache and rate limits
REDIS_URL = required("REDIS_URL", "where Redis or Valkey is, like redis://:password@host:6379/0")
CACHES = {
    "default": {
        "BACKEND": "django.core.cache.backends.redis.RedisCache",
        "LOCATION": REDIS_URL,
        "KEY_PREFIX": "cache",
        "OPTIONS": {"socket_timeout": 2, "socket_connect_timeout": 2},
    }
}

# Celery carries work; PostgreSQL holds the truth. No ETA, small ids as arguments.
CELERY_BROKER_URL = REDIS_URL
CELERY_TASK_IGNORE_RESULT = True
CELERY_TASK_ACKS_LATE = True
CELERY_TASK_REJECT_ON_WORKER_LOST = True
CELERY_WORKER_PREFETCH_MULTIPLIER = 1
CELERY_TASK_SOFT_TIME_LIMIT = 240
CELERY_TASK_TIME_LIMIT = 300
CELERY_TASK_PUBLISH_RETRY = False
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
CELERY_BROKER_TRANSPORT_OPTIONS = {
    "socket_timeout": 5,
    "socket_connect_timeout": 2,
    "visibility_timeout": 3600,
}
CELERY_WORKER_HIJACK_ROOT_LOGGER = False
CELERY_TIMEZONE = "UTC"
CELERY_BEAT_SCHEDULE = {
    "run-reminders": {"task": "peersupport.reminders.tasks.run_reminders", "schedule": timedelta(seconds=30)},
    "extend-meeting-series": {"task": "groups.tasks.extend_series", "schedule": timedelta(hours=6)},
    "note-quiet-groups": {"task": "groups.tasks.note_quiet_groups", "schedule": timedelta(hours=1)},
    "settle-keep-in-touch": {"task": "supportplans.tasks.settle_keep_in_touch", "schedule": timedelta(hours=1)},
    "settle-group-plans": {"task": "supportplans.tasks.settle_group_plans", "schedule": timedelta(minutes=5)},
    "forget-old-messages": {"task": "peersupport.reminders.tasks.forget_old_messages", "schedule": timedelta(days=1)},
    "resume-exports": {"task": "evaluation.tasks.resume_exports", "schedule": timedelta(minutes=5)},
    "settle-appointments": {"task": "evaluation.tasks.settle_appointments", "schedule": timedelta(minutes=1)},
    "ask-questions": {"task": "evaluation.tasks.ask_questions", "schedule": timedelta(minutes=5)},
}

# Mail
MAILERS = {
    "default": {
        "BACKEND": "peersupport.mail.EmailBackend",
        "OPTIONS": smtp_options(
            required("SMTP_URL", "the mail relay, like smtp+tls://user:password@mail.example.org:587")
        ),
    }
}
DEFAULT_FROM_EMAIL = required("DEFAULT_FROM_EMAIL", "the address that mail comes from")
SERVER_EMAIL = DEFAULT_FROM_EMAIL
# The organiser that calendar entries name: an address of the service itself, never a member's.
CALENDAR_ADDRESS = parseaddr(DEFAULT_FROM_EMAIL)[1]

# GOV.UK Notify: text messages, and e-mail in place of the relay; each is off until its template is named
NOTIFY_API_KEY = env.str("NOTIFY_API_KEY", "")
NOTIFY_URL = env.str("NOTIFY_URL", "https://api.notifications.service.gov.uk")
NOTIFY_TEXT_TEMPLATE = env.str("NOTIFY_TEXT_TEMPLATE", "")
NOTIFY_EMAIL_TEMPLATE = env.str("NOTIFY_EMAIL_TEMPLATE", "")
NOTIFY_RECEIPT_TOKEN = env.str("NOTIFY_RECEIPT_TOKEN", "")
if (NOTIFY_TEXT_TEMPLATE or NOTIFY_EMAIL_TEMPLATE) and len(NOTIFY_API_KEY) < 73:
    raise ImproperlyConfigured("Set NOTIFY_API_KEY: a template of GOV.UK Notify is named. See .env.example.")

# Notifications on people's own devices: off until there is a key. Only known push services are sent anything to.
VAPID_PRIVATE_KEY = env.str("VAPID_PRIVATE_KEY", "")
PUSH_SERVICES = env.list(
    "PUSH_SERVICES",
    ["fcm.googleapis.com", "updates.push.services.mozilla.com", "web.push.apple.com", "notify.windows.com"],
)

# People and sign-in
AUTH_USER_MODEL = "members.Person"
SILENCED_SYSTEM_CHECKS = ["auth.W004"]  # Person.email is unique by a constraint on its lower case
AUTHENTICATION_BACKENDS = [
    "allauth.account.auth_backends.AuthenticationBackend",
    "peersupport.access.backend.PolicyBackend",
]
PASSWORD_HASHERS = ["members.hashers.Argon2Hasher"]
AUTH_PASSWORD_VALIDATORS = [
    {
        "NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator",
        "OPTIONS": {"user_attributes": ("email", "preferred_name")},
    },
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 12}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
]
LOGIN_URL = reverse_lazy("account_login")
LOGIN_REDIRECT_URL = reverse_lazy("home")
ACCOUNT_LOGOUT_REDIRECT_URL = reverse_lazy("account_login")
ACCOUNT_ADAPTER = "members.adapter.AccountAdapter"
MFA_ADAPTER = "members.adapter.SecondFactorAdapter"
ACCOUNT_FORMS = {
    "signup": "members.forms.SignUpForm",
    "login": "members.sign_in_forms.LoginForm",
    "request_login_code": "members.sign_in_forms.RequestLoginCodeForm",
    "confirm_login_code": "members.sign_in_forms.ConfirmLoginCodeForm",
    "confirm_email_verification_code": "members.sign_in_forms.ConfirmEmailVerificationCodeForm",
    "confirm_password_reset_code": "members.sign_in_forms.ConfirmPasswordResetCodeForm",
    "change_email": "members.sign_in_forms.ChangeEmailForm",
    "add_email": "members.sign_in_forms.AddEmailForm",
    "change_password": "members.sign_in_forms.ChangePasswordForm",
    "set_password": "members.sign_in_forms.SetPasswordForm",
    "reset_password": "members.sign_in_forms.ResetPasswordForm",
    "reset_password_from_key": "members.sign_in_forms.ResetPasswordKeyForm",
    "reauthenticate": "members.sign_in_forms.ReauthenticateForm",
}
MFA_FORMS = {
    "authenticate": "members.sign_in_forms.AuthenticateForm",
    "reauthenticate": "members.sign_in_forms.ReauthenticateCodeForm",
    "activate_totp": "members.sign_in_forms.ActivateTOTPForm",
    "add_webauthn": "members.sign_in_forms.AddWebAuthnForm",
    "edit_webauthn": "members.sign_in_forms.EditWebAuthnForm",
}
ACCOUNT_USER_MODEL_USERNAME_FIELD = None
ACCOUNT_LOGIN_METHODS = {"email"}
ACCOUNT_SIGNUP_FIELDS = ["email*", "password1"]
ACCOUNT_UNIQUE_EMAIL = True
ACCOUNT_CHANGE_EMAIL = True
ACCOUNT_EMAIL_VERIFICATION = "mandatory"
ACCOUNT_EMAIL_VERIFICATION_BY_CODE_ENABLED = True
ACCOUNT_EMAIL_VERIFICATION_SUPPORTS_RESEND = True
ACCOUNT_EMAIL_SUBJECT_PREFIX = ""
ACCOUNT_LOGIN_BY_CODE_ENABLED = True
ACCOUNT_PASSWORD_RESET_BY_CODE_ENABLED = True
ACCOUNT_EMAIL_NOTIFICATIONS = True
ACCOUNT_PREVENT_ENUMERATION = True
ACCOUNT_REAUTHENTICATION_REQUIRED = True
ACCOUNT_REAUTHENTICATION_TIMEOUT = 300
ACCOUNT_SESSION_REMEMBER = True
ACCOUNT_DEFAULT_HTTP_PROTOCOL = urlsplit(BASE_URL).scheme
ACCOUNT_USER_DISPLAY = "members.models.display_name"
MFA_SUPPORTED_TYPES = ["totp", "webauthn", "recovery_codes"]
MFA_PASSKEY_LOGIN_ENABLED = True
MFA_TOTP_TOLERANCE = 0
MFA_TOTP_ISSUER = SERVICE_NAME
MFA_WEBAUTHN_ALLOW_INSECURE_ORIGIN = urlsplit(BASE_URL).scheme == "http"
USERSESSIONS_TRACK_ACTIVITY = False

# Forms
CRISPY_ALLOWED_TEMPLATE_PACKS = "nhsuk"
CRISPY_TEMPLATE_PACK = "nhsuk"
CRISPY_FAIL_SILENTLY = False
CRISPY_CLASS_CONVERTERS = {
    "textinput": "nhsuk-input",
    "emailinput": "nhsuk-input",
    "passwordinput": "nhsuk-input",
    "numberinput": "nhsuk-input",
    "urlinput": "nhsuk-input",
    "fileinput": "nhsuk-file-upload",
    "textarea": "nhsuk-textarea",
    "select": "nhsuk-select",
    "checkboxinput": "nhsuk-checkboxes__input",
}

# Languages, zones and static files
LANGUAGE_CODE = "en-gb"
LANGUAGES = [("en-gb", "English")]
LOCALE_PATHS = [BASE_DIR / "locale"]
TIME_ZONE = "Europe/London"
USE_TZ = True
STATIC_URL = "static/"
STATIC_ROOT = env.str("STATIC_ROOT", str(BASE_DIR / "staticfiles"))
STATICFILES_DIRS = [BASE_DIR / "static"]
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {
        "BACKEND": env.str("STATICFILES_BACKEND", "whitenoise.storage.CompressedManifestStaticFilesStorage")
    },
}

# Security
SECURE = env.bool("SECURE", not DEBUG)
SECURE_SSL_REDIRECT = SECURE
SECURE_REDIRECT_EXEMPT = [r"^livez$", r"^readyz$"]
SECURE_HSTS_SECONDS = 31536000 if SECURE else 0
SECURE_HSTS_INCLUDE_SUBDOMAINS = SECURE
SECURE_HSTS_PRELOAD = SECURE
BEHIND_PROXY = env.bool("BEHIND_PROXY", False)
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if BEHIND_PROXY else None
# Without it every attempt to sign in would count as the proxy's.
ALLAUTH_TRUSTED_PROXY_COUNT = int(BEHIND_PROXY)
SECURE_REFERRER_POLICY = "same-origin"
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = SECURE
SESSION_COOKIE_NAME = "__Host-sessionid" if SECURE else "sessionid"
CSRF_COOKIE_NAME = "__Host-csrftoken" if SECURE else "csrftoken"
SESSION_COOKIE_AGE = 14 * 24 * 3600
CSRF_COOKIE_HTTPONLY = True
CSRF_FAILURE_VIEW = "peersupport.pages.csrf_failure"
X_FRAME_OPTIONS = "DENY"
SECURE_CSP = {
    "default-src": [CSP.NONE],
    "script-src": [CSP.SELF],
    "style-src": [CSP.SELF],
    "img-src": [CSP.SELF, "data:"],
    "font-src": [CSP.SELF],
    "connect-src": [CSP.SELF],
    "manifest-src": [CSP.SELF],
    "worker-src": [CSP.SELF],
    "frame-src": [CSP.SELF],
    "form-action": [CSP.SELF],
    "frame-ancestors": [CSP.NONE],
    "base-uri": [CSP.NONE],
}

# Logs: JSON lines with a request id; no content, address or token
LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "filters": {"request_id": {"()": "peersupport.logs.RequestIdFilter"}},
    "formatters": {
        "json": {
            "()": "peersupport.logs.JsonFormatter",
            "fmt": "%(asctime)s %(levelname)s %(name)s %(message)s %(request_id)s",
            "rename_fields": {"asctime": "at", "levelname": "level", "name": "logger"},
        }
    },
    "handlers": {"console": {"class": "logging.StreamHandler", "formatter": "json", "filters": ["request_id"]}},
    "root": {"handlers": ["console"], "level": env.str("LOG_LEVEL", "INFO")},
    "loggers": {
        "django.server": {"handlers": ["console"], "propagate": False},
        # They would name addresses: those of devices, and in Notify's answers those of people.
        "urllib3": {"level": "ERROR"},
        "notifications_python_client": {"level": "ERROR"},
    },
}

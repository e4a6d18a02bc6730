"""Settings for development, the demo and the tests, so that only production has to be told everything."""

import base64
import secrets


def development_environment(folder, *, port=8000, smtp_port=1025):
    """Every environment variable that settings.py asks for, but for the addresses of the servers."""
    return {
        "SECRET_KEY": folder.remembered("secret key", lambda: secrets.token_urlsafe(48)),
        "EXPORT_KEY": folder.remembered("export key", lambda: secrets.token_urlsafe(48)),
        "VAPID_PRIVATE_KEY": folder.remembered("push key", _push_key),
        "EXPORT_DIR": str(folder.subfolder("exports")),
        "DEBUG": "false",
        "SECURE": "false",
        "BASE_URL": f"http://localhost:{port}",
        "ALLOWED_HOSTS": "localhost,127.0.0.1,[::1]",
        "SMTP_URL": f"smtp://127.0.0.1:{smtp_port}",
        "DEFAULT_FROM_EMAIL": "Peer Support <noreply@peersupport.example>",
        "SERVICE_NAME": "Peer Support",
        "SERVICE_RUN_BY": "Northfield Pain Service",
        "STATICFILES_BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage",
    }


def _push_key():
    return base64.urlsafe_b64encode(secrets.token_bytes(32)).rstrip(b"=").decode()

"""GOV.UK Notify's part in the demo: it sends no texts, and puts them where the demo's mail lies."""

import json
from email.message import EmailMessage

from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.http import JsonResponse
from django.utils import timezone
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST, require_safe

from peersupport.demo.mail import maildir


@csrf_exempt
@login_not_required
@require_POST
def take_text(request):
    said = json.loads(request.body)
    text = EmailMessage()
    text["Subject"], text["From"], text["To"] = "Text message", settings.SERVICE_NAME, said["phone_number"]
    text["Date"] = timezone.now()
    text.set_content(said["personalisation"]["text"])
    return JsonResponse({"id": maildir().add(text)}, status=201)


@login_not_required
@require_safe
def known_texts(request):
    """It forgets them at once, so that one in doubt is sent again."""
    return JsonResponse({"notifications": []})

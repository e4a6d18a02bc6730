"""What stood as free text becomes words of its owner where it is short, and part of the note where it is not."""

import unicodedata

from django.db import migrations

LONGEST_WORD = 80
HELPED = {"yes": "It helped.", "a_little": "It helped a little.", "no": "It did not help."}


def words_of_texts(apps, schema_editor):
    FlareUp, Trigger, Remedy, FlareUpTrigger, FlareUpRemedy = (
        apps.get_model("supportplans", name)
        for name in ("FlareUp", "Trigger", "Remedy", "FlareUpTrigger", "FlareUpRemedy")
    )
    for flareup in FlareUp.objects.exclude(set_off_by="", tried="", helped="").iterator():
        cause, tried, note = sorted_out(flareup.set_off_by, flareup.tried, flareup.helped)
        if cause:
            FlareUpTrigger.objects.create(flareup=flareup, word=_word(Trigger, flareup, cause))
        if tried:
            FlareUpRemedy.objects.create(flareup=flareup, word=_word(Remedy, flareup, tried), helped=flareup.helped)
        if note:
            FlareUp.objects.filter(pk=flareup.pk).update(note=note)


def sorted_out(set_off_by, tried, helped):
    """(what set it off, what was tried, note): each text is a word if it can be one, else it goes to the note."""
    note = []
    cause, remedy = (text if is_word(text) else "" for text in (set_off_by, tried))
    if set_off_by and not cause:
        note.append(f"What set it off: {set_off_by}")
    if tried and not remedy:
        note.append(f"What I tried: {tried}")
    if helped and not remedy:
        note.append(HELPED[helped])
    return cause, remedy, "\n\n".join(note)


def is_word(text):
    return bool(text.split()) and len(text) <= LONGEST_WORD and len(text.splitlines()) == 1


def _word(model, flareup, text):
    folded = " ".join(unicodedata.normalize("NFC", text).casefold().split())
    word, _is_new = model.objects.get_or_create(
        person_id=flareup.person_id, folded=folded, defaults={"name": " ".join(text.split())}
    )
    return word


class Migration(migrations.Migration):
    dependencies = [("supportplans", "0009_flareups_in_full")]

    operations = [migrations.RunPython(words_of_texts, migrations.RunPython.noop)]

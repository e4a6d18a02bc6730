"""What the crispy pack in templates/nhsuk/ asks of a field."""

from django import forms, template

from peersupport.forms.choices import revealed_names

register = template.Library()


@register.filter
def first_id(field):
    """The id of the element that an error about `field` leads to: its first box or choice, or the box itself."""
    return f"{field.auto_id}_0" if field.use_fieldset else field.id_for_label


@register.filter
def shape(field):
    """How `field` is drawn: "checkbox", "choices", "date", "scale", "password", "counted" or "plain"."""
    widget = field.field.widget
    if isinstance(widget, forms.CheckboxInput):
        return "checkbox"
    if isinstance(widget, forms.RadioSelect):
        return "scale" if hasattr(widget, "low_label") else "choices"
    if isinstance(widget, forms.MultiWidget):
        return "date"
    if isinstance(widget, forms.PasswordInput):
        return "password"
    return "counted" if isinstance(widget, forms.Textarea) and field.field.max_length else "plain"


@register.filter
def bare(field):
    """`field` without placeholder and maxlength, also where a form is not ours (the sign-in pages)."""
    for attribute in ("placeholder", "maxlength", "minlength"):
        field.field.widget.attrs.pop(attribute, None)
    field.form.use_required_attribute = False
    return field


@register.filter
def described_by(field):
    """The ids that a counted text is described by: how much room there is, then hint and error."""
    return f"{field.auto_id}-info {field.aria_describedby or ''}".strip()


@register.filter
def hint_for(field, option):
    """The hint of one choice, if its widget gives hints."""
    return getattr(field.field.widget, "hints", {}).get(option.data["value"], "")


@register.filter
def revealed_by(field, option):
    """The fields that appear once `option` is chosen."""
    return [field.form[name] for name in revealed_names(field.field.widget).get(option.data["value"], ())]

"""What can go wrong with a template."""


class TemplateError(Exception):
    """Argo CD would refuse the template, or its data, too; the text says why."""


class NotUnderstood(Exception):
    """The template uses something that is not known here; the text says what."""

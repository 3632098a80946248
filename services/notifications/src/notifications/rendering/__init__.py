"""Rendering: a mail's kind, language and params become the bytes of an RFC 5322 message."""

from notifications.rendering.headers import UnsafeHeader, ascii_address
from notifications.rendering.mail import CannotRender, MailToRender, SenderIdentity
from notifications.rendering.renderer import Renderer

__all__ = ["CannotRender", "MailToRender", "Renderer", "SenderIdentity", "UnsafeHeader", "ascii_address"]

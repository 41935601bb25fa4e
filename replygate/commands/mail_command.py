"""`replygate mail`: send a test mail, to check the mail settings."""

import click

from comments.errors import Invalid, Problem, SettingsInvalid
from comments.pseudonyms import new_id
from replygate.deployment import current_deployment
from workers.delivery.email_messages import envelope_address, test_mail
from workers.delivery.smtp import Mailer

from .webhook_commands import NotDelivered


@click.command("mail")
@click.argument("address")
def mail(address: str) -> None:
    """Send a test mail to ADDRESS now, from this machine."""
    deployment = current_deployment()
    server, sender, to = deployment.settings.smtp_url, deployment.settings.mail_from, envelope_address(address)
    if server is None:
        raise SettingsInvalid("mail is off: set REPLYGATE_SMTP_URL")
    if not to:
        raise Invalid([Problem("ADDRESS", "email", "is not an email address")])
    result = Mailer(server, sender).send(test_mail(sender, to, new_id(), deployment.now()), to)
    if result.error:
        raise NotDelivered(f"not sent: {result.error}" + (f", code {result.code}" if result.code else ""))
    click.echo(f"Sent the test mail to {server.name}.")

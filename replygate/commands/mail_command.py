"""`replygate mail`: one mail, to see whether the settings for mail are right."""

import click

from comments.errors import Invalid, Problem, SettingsInvalid
from comments.pseudonyms import new_id
from replygate.deployment import installation
from workers.delivery.email_messages import envelope_address, trial
from workers.delivery.smtp import Mailer

from .webhook_commands import Unreached


@click.command("mail")
@click.argument("address")
def mail(address: str) -> None:
    """Send one mail to ADDRESS, from this machine and at once, to try the settings for mail."""
    here = installation()
    relay, sender, to = here.settings.smtp_url, here.settings.mail_from, envelope_address(address)
    if relay is None:
        raise SettingsInvalid("REPLYGATE_SMTP_URL is not set, so there is no mail")
    if not to:
        raise Invalid([Problem("ADDRESS", "email", "is not an e-mail address")])
    reception = Mailer(relay, sender).send(trial(sender, to, new_id(), here.now()), to)
    if reception.error:
        raise Unreached(f"not taken: {reception.error}" + (f", with {reception.answer}" if reception.answer else ""))
    click.echo(f"{relay.name} took it.")

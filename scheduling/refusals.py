"""What scheduling refuses, each with a sentence and the next step."""

from foundation.errors import Refusal, desk_sentence, sentence


class SlotTaken(Refusal):
    """Somebody else has the slot now."""

    text = sentence("Dieser Termin wurde gerade vergeben. Ihre Angaben sind noch da. Bitte nehmen Sie einen anderen.")


class HoldOver(Refusal):
    """The hold ran out and somebody else took the slot."""

    text = sentence(
        "Die Zeit zum Eintragen war um und der Termin ist jetzt vergeben. Ihre Angaben sind noch da. "
        "Bitte nehmen Sie einen anderen."
    )


class ManyChoosing(Refusal):
    """A fifth of the service's day sits in online holds already."""

    text = sentence(
        "An diesem Tag suchen gerade viele Menschen einen Termin aus. Bitte nehmen Sie einen anderen Tag oder "
        "versuchen Sie es in zehn Minuten noch einmal."
    )


class TooLate(Refusal):
    """The appointment has begun or is over."""

    text = sentence("Dieser Termin hat schon begonnen. Bitte rufen Sie uns an oder fragen Sie am Empfang.")


class AlreadyOver(Refusal):
    """The visit was cancelled or has ended."""

    text = sentence("Dieser Termin ist schon abgesagt oder vorbei. Sie können einen neuen Termin buchen.")


class TooManyBookings(Refusal):
    """A number that has as many appointments to come as one may have (X-02)."""

    text = sentence(
        "Mit dieser Nummer oder Adresse gibt es schon zwei Termine. Bitte sagen Sie einen ab oder rufen Sie uns an."
    )


class HelpsMany(Refusal):
    """A helper's number that is told of as many appointments as one may be (X-02)."""

    text = sentence("Mit dieser Nummer oder Adresse gibt es schon zehn Termine. Bitte rufen Sie uns an.")


class TopicBooked(Refusal):
    """A number that has an appointment to come about the same (X-02)."""

    text = sentence(
        "Mit dieser Nummer oder Adresse gibt es schon einen Termin zu diesem Thema. Sie können ihn ändern oder absagen."
    )


class NotToday(Refusal):
    """Running late for an appointment of another day."""

    text = sentence("Das geht nur am Tag des Termins. Vorher können Sie den Termin ändern.")


class NotReachable(Refusal):
    """A wish that needs an answer by SMS, without a number that may be written to (S-05)."""

    text = sentence("Dafür brauchen wir Ihre Handy-Nummer oder E-Mail-Adresse. Bitte tragen Sie sie zuerst ein.")


class OneTopicOnly(Refusal):
    """Earlier times are offered for visits with one consultation."""

    text = sentence("Das geht nur bei Terminen mit einem Thema. Bitte rufen Sie uns an.")


class OfferOver(Refusal):
    """An earlier time that was not taken in time, or cannot be had any more."""

    text = sentence("Der frühere Termin ist nicht mehr frei. Ihr Termin bleibt, wie er ist.")


class InvitationOver(Refusal):
    """An invitation that was used, or has run out (it is good for one booking)."""

    text = sentence(
        "Dieser Link wurde schon benutzt oder ist abgelaufen. Bitte rufen Sie uns an oder buchen Sie hier neu."
    )


class MomentNaive(Refusal):
    """A moment without a zone."""

    text = desk_sentence("Zu dieser Zeit fehlt die Zeitzone. Bitte geben Sie Tag und Uhrzeit neu ein.")
    status = 422


class WindowBroken(Refusal):
    """A stretch of time that ends before it begins, or is empty."""

    text = desk_sentence("Das Ende liegt nicht nach dem Anfang. Bitte prüfen Sie die beiden Zeiten.")
    status = 422


class WindowPast(Refusal):
    """A stretch of time that is over."""

    text = sentence("Diese Zeit ist schon vorbei. Bitte wählen Sie einen Tag ab heute.")
    status = 422


class WindowTooLong(Refusal):
    """More than can be searched at once."""

    text = desk_sentence("Höchstens {weeks} Wochen gehen auf einmal. Bitte wählen Sie einen kürzeren Zeitraum.")
    status = 422


class BlockTooLong(Refusal):
    """More than can be blocked at once."""

    text = desk_sentence(
        "Höchstens {hours} Stunden gehen auf einmal. Für längere Zeit tragen Sie bitte eine Abwesenheit ein."
    )
    status = 422


class LanguageUnknown(Refusal):
    """No language of this world."""

    text = sentence("Diese Sprache kennen wir nicht. Bitte wählen Sie eine aus der Liste.")
    status = 422


class RoomTooSmall(Refusal):
    """More people than fit into any room, or into the service."""

    text = sentence("So viele Menschen passen nicht in den Raum. Bitte rufen Sie uns an, dann finden wir einen Weg.")
    status = 422


class ServiceTooLong(Refusal):
    """A service that is longer than anybody is open for."""

    text = sentence("Diese Beratung ist länger als jede Öffnungszeit. Bitte sprechen Sie mit der Leitung des Zentrums.")
    status = 422


class WishBroken(Refusal):
    """No service, twice the same pair, or more parts than a visit can have."""

    text = sentence("Bitte wählen Sie ein Thema, höchstens drei nacheinander oder zwei gleichzeitig.")
    status = 422


class StaffOnly(Refusal):
    """Overruling hours or lead time is not for clients."""

    text = sentence("Diese Zeit liegt außerhalb der Sprechzeiten. Nur das Zentrum kann sie vergeben.")
    status = 403


class TimeStands(Refusal):
    """Time that cannot be blocked because something stands there, which is named."""

    text = desk_sentence("In dieser Zeit steht schon etwas: {day}, {start} bis {end} Uhr. Bitte zuerst verlegen.")


class HoursOverlap(Refusal):
    """Two blocks of hours of one person overlap on the same days."""

    text = desk_sentence(
        "Diese Zeiten überschneiden sich mit {opens} bis {closes} Uhr am selben Tag. Bitte ändern Sie eine."
    )
    status = 422


class HoursBroken(Refusal):
    """Hours that end before they begin, or never hold."""

    text = desk_sentence("Diese Zeiten enden, bevor sie anfangen. Bitte prüfen Sie Anfang und Ende.")
    status = 422


class TravelTooShort(Refusal):
    """Two centres on one day, closer in time than the way between them."""

    text = desk_sentence(
        "Zwischen den Zentren braucht man {minutes} Minuten. Bitte lassen Sie so viel Zeit zwischen den beiden Zeiten."
    )
    status = 422


class AskingOver(Refusal):
    """An interpreter answers what she is not asked any more: passed on, called off, or begun."""

    text = sentence("Diese Anfrage ist vorbei. Vielen Dank für Ihre Antwort.")


class StillNeeded(Refusal):
    """Somebody is to leave the register who is asked, or has promised to come."""

    text = desk_sentence("Diese Person ist noch für einen Termin angefragt. Bitte klären Sie das zuerst.")


class LengthBroken(Refusal):
    """Nobody interprets for so short or so long a time."""

    text = desk_sentence("Bitte schreiben Sie, wie viele Minuten es waren: 5 bis 600.")
    status = 422


class NameMissing(Refusal):
    """Who interprets has no name, or speaks no language."""

    text = desk_sentence("Bitte schreiben Sie den Namen und wählen Sie mindestens eine Sprache.")
    status = 422

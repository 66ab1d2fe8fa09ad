"""What is refused about courses, each with a sentence and the next step."""

from collections.abc import Sequence

from foundation.errors import Refusal, desk_sentence, sentence
from scheduling.colliding import Collision


class NoSessions(Refusal):
    """A course without a date."""

    text = desk_sentence("Dieser Kurs hat noch keinen Termin. Bitte geben Sie an, an welchen Tagen er stattfindet.")
    status = 422


class NoPlace(Refusal):
    """Neither a room nor a place elsewhere, or a room of another centre."""

    text = desk_sentence("Bitte wählen Sie einen Raum des Zentrums oder schreiben Sie, wo der Kurs stattfindet.")
    status = 422


class NoSeats(Refusal):
    """A course that people enrol in, without seats; or fewer than none."""

    text = desk_sentence("Bitte geben Sie an, wie viele Plätze es gibt: 1 bis {most}.")
    status = 422


class CodeTaken(Refusal):
    """Two courses with the same short name."""

    text = desk_sentence("Dieses Kürzel hat schon ein anderer Kurs. Bitte nehmen Sie ein anderes.")
    status = 422


class SessionsCollide(Refusal):
    """Sessions that cannot stand where they were planned; `collisions` lists every one. None is made."""

    text = desk_sentence(
        "{count} von {all} Terminen gehen so nicht. Es ist nichts angelegt. Bitte sehen Sie die Liste."
    )

    def __init__(self, collisions: Sequence[Collision], planned: int) -> None:
        """`collisions` of so many sessions as were `planned`."""
        super().__init__(count=len(collisions), all=planned)
        self.collisions = collisions


class SessionPast(Refusal):
    """A session that has begun is changed, or one is moved into the past."""

    text = desk_sentence("Diese Zeit ist schon vorbei. Bitte wählen Sie eine Zeit, die noch kommt.")
    status = 422


class CourseOver(Refusal):
    """Nobody can join any more: the course is called off, over, or has gone too far."""

    text = sentence("Bei diesem Kurs kann man nicht mehr mitmachen. Bitte wählen Sie einen anderen Kurs.")


class NotEnrollable(Refusal):
    """A drop-in event has no enrolment, a draft none yet."""

    text = sentence("Für dieses Angebot braucht man keine Anmeldung. Kommen Sie einfach vorbei.")


class CourseFull(Refusal):
    """Not as many seats are free as were wanted, or others wait for them."""

    text = sentence(
        "So viele Plätze sind gerade nicht frei. Ihre Angaben sind noch da. Sie können auf die Warteliste gehen."
    )


class AlreadyEnrolled(Refusal):
    """The same number or address is in the course, or waits for it, already."""

    text = sentence(
        "Mit dieser Nummer oder Adresse gibt es schon eine Anmeldung für diesen Kurs. "
        "Sie finden sie über den Link in Ihrer Nachricht."
    )


class PartyTooLarge(Refusal):
    """More people, or children, than the course has places for at all."""

    text = sentence("So viele Plätze hat dieser Kurs nicht. Bitte rufen Sie uns an, dann finden wir einen Weg.")
    status = 422


class SeatOfferOver(Refusal):
    """An offered seat that was not taken in time, or has been passed on."""

    text = sentence("Dieses Angebot gilt nicht mehr: Der Platz wurde weitergegeben. Sie können wieder warten.")

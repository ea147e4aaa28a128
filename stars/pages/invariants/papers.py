"""R1: a receipt says what it said when it was issued, about an application that is there."""

from collections.abc import Iterator

from documents.models import Receipt

from .breach import Breach, breaches, firsts

OF_NOTHING = """
SELECT r.id FROM documents_receipt r LEFT JOIN applications_application a ON a.reference = r.subject
WHERE r.kind IN ('application_sent', 'application_withdrawn')
  AND (a.id IS NULL OR a.number <> r.number OR a.client_id <> r.person_id) ORDER BY r.id
"""
OF_NO_OFFER = """
SELECT r.id FROM documents_receipt r LEFT JOIN calls_offerversion v ON v.reference = r.subject
LEFT JOIN calls_offer o ON o.id = v.offer_id
WHERE r.kind IN ('offer_sent', 'offer_withdrawn')
  AND (o.id IS NULL OR r.number <> o.number || '/' || v.number OR r.institution_id <> o.institution_id) ORDER BY r.id
"""
TOO_EARLY = """
SELECT r.id FROM documents_receipt r JOIN applications_application a ON a.reference = r.subject
WHERE r.kind = 'application_withdrawn' AND a.state <> 'withdrawn' ORDER BY r.id
"""


def receipts_are_genuine() -> Iterator[Breach]:
    """Every fingerprint is the content's, every seal holds, and nothing is proved that did not happen."""
    changed = [one.pk for one in Receipt.objects.order_by("pk").iterator(chunk_size=500) if not one.is_genuine]
    yield from breaches("R1", "receipts that are not what was issued", changed)
    yield from breaches("R1", "receipts of another or of no application", firsts(OF_NOTHING))
    yield from breaches("R1", "receipts of another or of no offer", firsts(OF_NO_OFFER))
    yield from breaches("R1", "receipts of a withdrawal that did not happen", firsts(TOO_EARLY))

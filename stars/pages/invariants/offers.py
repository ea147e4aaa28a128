"""C1: what institutions have sent is what was sealed, arrived in its window, within the call's limits, and is proved."""

from collections.abc import Iterator

from calls.models import OfferVersion

from .breach import Breach, breaches, firsts

OUTSIDE = """
SELECT v.id FROM calls_offerversion v JOIN calls_offer o ON o.id = v.offer_id JOIN calls_call c ON c.id = o.call_id
WHERE v.arrived_at < c.opens_at OR v.arrived_at >= c.closes_at OR v.withdrawn_at >= c.closes_at ORDER BY v.id
"""
STANDING = """
SELECT o.id FROM calls_offer o LEFT JOIN calls_offerversion v ON v.offer_id = o.id AND v.withdrawn_at IS NULL
WHERE (o.state IN ('draft', 'withdrawn')) = (v.id IS NOT NULL) ORDER BY o.id
"""
OF_WITHDRAWN = """
SELECT p.id FROM calls_offeredprogramme p JOIN calls_offerversion v ON v.id = p.version_id
WHERE (v.withdrawn_at IS NOT NULL) <> (p.state = 'withdrawn') ORDER BY p.id
"""
OVER = """
SELECT o.institution_id FROM calls_offeredprogramme p JOIN calls_offerversion v ON v.id = p.version_id
JOIN calls_offer o ON o.id = v.offer_id
JOIN calls_callkind k ON k.call_id = o.call_id AND k.kind_id = p.kind_id
WHERE p.state IN ('submitted', 'in_evaluation', 'approved')
GROUP BY o.call_id, o.institution_id, p.kind_id, k.most HAVING count(*) > k.most ORDER BY 1
"""
SUMS = """
SELECT v.id FROM calls_offerversion v LEFT JOIN calls_offeredprogramme p ON p.version_id = v.id
GROUP BY v.id, v.requested_cents HAVING coalesce(sum(p.requested_cents), 0) <> v.requested_cents ORDER BY v.id
"""
UNPROVED = """
SELECT v.id FROM calls_offerversion v
LEFT JOIN documents_receipt s ON s.subject = v.reference AND s.kind = 'offer_sent'
LEFT JOIN documents_receipt w ON w.subject = v.reference AND w.kind = 'offer_withdrawn'
WHERE s.id IS NULL OR (w.id IS NULL) <> (v.withdrawn_at IS NULL) ORDER BY v.id
"""


def what_was_sent_stays() -> Iterator[Breach]:
    """Seals hold; nothing arrived outside its window; limits, sums and receipts agree with what is kept."""
    changed = [one.pk for one in OfferVersion.objects.order_by("pk").iterator(chunk_size=200) if not one.is_genuine]
    yield from breaches("C1", "sealed offers that are not what was sent", changed)
    yield from breaches("C1", "offers that arrived outside the call's window", firsts(OUTSIDE))
    yield from breaches("C1", "offers whose state and standing version disagree", firsts(STANDING))
    yield from breaches("C1", "programmes that are withdrawn and count, or the other way round", firsts(OF_WITHDRAWN))
    yield from breaches("C1", "institutions over a limit of a call", firsts(OVER))
    yield from breaches("C1", "offers whose programmes do not add up", firsts(SUMS))
    yield from breaches("C1", "submissions or withdrawals without their receipt", firsts(UNPROVED))

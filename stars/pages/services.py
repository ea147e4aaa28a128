"""What the roof has made on its own account: the PDF of a policy."""

from hashlib import sha256

from accounts.models import PolicyVersion
from stars.files import services as files
from stars.files.models import RenderedDocument

FILE_NAMES = {"terms": "lietosanas-noteikumi", "privacy": "privatuma-politika"}


def request_policy_pdf(policy: PolicyVersion) -> RenderedDocument:
    """One PDF for each text of each version: a changed draft gets a new one, the same text never a second."""
    text = sha256(f"{policy.title}\n{policy.body}".encode()).hexdigest()[:16]
    return files.request_document(
        key=f"policy:{policy.kind}:{policy.version}:{text}",
        template="pdf/policy.html",
        context={"title": policy.title, "version": policy.version, "body": policy.body},
        file_name=f"{FILE_NAMES[policy.kind]}-{policy.version}.pdf",
    )

"""How the page of a link answers when the link does not work."""

from collections.abc import Mapping
from http import HTTPStatus

from accounts.domain.tokens import TokenFault

LINK_STATUS: Mapping[TokenFault, HTTPStatus] = {
    TokenFault.UNKNOWN: HTTPStatus.NOT_FOUND,
    TokenFault.OTHER_PURPOSE: HTTPStatus.NOT_FOUND,
    TokenFault.USED: HTTPStatus.OK,  # what the person came for is done
    TokenFault.REVOKED: HTTPStatus.GONE,
    TokenFault.EXPIRED: HTTPStatus.GONE,
}

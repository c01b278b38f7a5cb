-- What a domain was called, and whether it was there, at any time: few events tell it. What
-- is asked about times and commits needs no index, since commits are in the order of both.
CREATE INDEX identity_of_domain ON event (domain) WHERE kind < 4;

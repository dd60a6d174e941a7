-- A tenant's share of the queue is counted without looking at what is others'.
CREATE INDEX message_tenant ON message (tenant);

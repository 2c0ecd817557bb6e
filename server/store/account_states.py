"""What somebody has to do about a number in its present state: one step, which the screen shows."""

# A code is to be scanned while nobody has scanned one yet, and after a reconnect until UniPile has said anything;
# later `connecting` means that UniPile mends the connection by itself (unipile-api.md §3).
NEXT_STEP = """case
    when a.status = 'connected' then 'none'
    when a.status = 'connecting' and (a.phone is null or a.status_reason is null) then 'scan'
    when a.status = 'connecting' then 'wait'
    else 'reconnect' end"""

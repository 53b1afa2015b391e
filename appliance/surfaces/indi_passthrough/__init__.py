"""INDI's port for other programs: the same devices as the box has, shared by rules.

Bytes of the drivers go to each client as they came; what a client says is understood, and done when it may
be: by whose device it is (appliance.leases), by the interlock where it moves mount, roof or cover, and by
what no client may change at all. Beside the drivers' devices stand the box's own.
"""

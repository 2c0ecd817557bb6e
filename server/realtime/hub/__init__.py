"""From a published payload to the sockets of this process: order, gaps, rooms, delivery."""

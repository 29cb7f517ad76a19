// Package edge opens real TCP listeners for the federation ports of the farm's Edge
// servers: port 5061 (TLS of the Access Edge) and port 5269 (XMPP server streams),
// on the servers' public loopback addresses. It also opens port 5061 of Front End
// servers, which serve SIP inside. A listener exists exactly while the farm's state
// says that the port is served. It opens or closes before the farm's call that
// changed the state returns.
package edge

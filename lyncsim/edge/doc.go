// Package edge puts real TCP listeners where the farm says that an Edge server
// serves federation: port 5061 (TLS of the Access Edge) and port 5269 (XMPP
// server streams), on the servers' public loopback addresses, and where a Front
// End server serves SIP inside (port 5061). They open and close as the farm's
// state changes, before the farm's call returns.
package edge

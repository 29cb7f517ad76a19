package console

import (
	"fmt"
	"strings"
)

// netstat lists the machine's TCP listeners as netstat -an does. The procedures use
// it to check the federation ports on an Edge server.
func netstat(s *session, argv []string) int {
	switches := strings.ToLower(strings.Join(argv[1:], " "))
	switch switches {
	case "-an", "-na", "-a -n", "-n -a", "/an", "/na":
	default:
		return s.fail(1, notSimulated(strings.TrimSpace("netstat "+switches)).Error())
	}
	s.println("\r\nActive Connections\r\n")
	s.println("  Proto  Local Address          Foreign Address        State")
	if s.console.Listeners == nil {
		return 0
	}
	for _, at := range s.console.Listeners() {
		foreign := "0.0.0.0:0"
		if at.Addr().Is6() {
			foreign = "[::]:0"
		}
		s.println(fmt.Sprintf("  TCP    %-22s %-22s LISTENING", at, foreign))
	}
	return 0
}

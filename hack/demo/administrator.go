package main

import (
	"context"
	"fmt"
	"strings"
)

// atFrontEnd runs PowerShell as an administrator who sits at the first Front End server, and
// gives what it printed, without blanks around it. Whoever signs in there over the network
// with a password gets neither to Active Directory nor to the store.
func (s *stage) atFrontEnd(ctx context.Context, script string) (string, error) {
	var said struct {
		Output, Errors string
		ExitCode       int
	}
	err := s.admin(ctx, "POST", "/machines/"+frontEnd+"/console", map[string]string{"script": script}, &said)
	if err == nil && (said.ExitCode != 0 || said.Errors != "") {
		err = fmt.Errorf("exit code %d: %s", said.ExitCode, said.Errors)
	}
	return strings.TrimSpace(said.Output), err
}

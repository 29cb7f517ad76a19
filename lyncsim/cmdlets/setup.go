package cmdlets

import (
	"context"
	"fmt"
	"io"
	"strings"

	"github.com/fedroute/fedroute/lyncsim/farm"
	"github.com/fedroute/fedroute/lyncsim/refusal"
)

var setupCmdlets = map[string]cmdlet{
	"Enable-CsComputer":  {run: enableComputer, act: farm.SetUp, slow: true},
	"Disable-CsComputer": {run: disableComputer, act: farm.SetUp, impact: "High"},
	"Enable-CsReplica":   {run: enableReplica},
}

// enableComputer activates the roles of the machine on which it runs again,
// according to the machine's own replica. Setup does the same as its last step
// [doc].
func enableComputer(ctx context.Context, r *run) error {
	if yes, err := r.proceed(r.Machine); !yes || err != nil {
		return err
	}
	return r.Farm.Setup(ctx, r.by(), r.Machine)
}

func disableComputer(_ context.Context, r *run) error {
	if yes, err := r.proceed(r.Machine); !yes || err != nil {
		return err
	}
	return r.Farm.DisableComputer(r.by(), r.Machine)
}

// enableReplica does nothing, because every machine of the farm has the replica
// service from the start.
func enableReplica(_ context.Context, r *run) error {
	if _, err := r.proceed(r.Machine); err != nil {
		return err
	}
	return nil
}

// Bootstrapper is Bootstrapper.exe on the session's machine: "set up or remove
// components, run again". It gives the program's exit code; its output is invented.
// Only the forms that work on an existing server are simulated.
func (s *Session) Bootstrapper(ctx context.Context, args []string, out io.Writer) int {
	for _, arg := range args {
		if !strings.EqualFold(arg, "/Setup") {
			fmt.Fprintf(out, "not supported by the simulator: Bootstrapper.exe %s\r\n", arg)
			return 1
		}
	}
	fmt.Fprintf(out, "%s\r\nChecking the roles of %s in the local configuration store.\r\n", s.Farm.Product().Name, s.Machine)
	defer s.attend("Bootstrapper.exe")()
	if err := s.Farm.May(s.Who, s.Machine, farm.SetUp); err != nil {
		fmt.Fprintf(out, "Error: %s.\r\n", s.phrases().accessDenied)
		return 1
	}
	if err := s.Farm.Setup(ctx, s.actor("Bootstrapper.exe"), s.Machine); err != nil {
		fmt.Fprintf(out, "Error: %s\r\n", refusal.Sentence(err))
		return 1
	}
	fmt.Fprint(out, "Task completed successfully.\r\n")
	return 0
}

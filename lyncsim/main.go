// Command lyncsim starts a simulated Lync Server or Skype for Business Server
// organization on loopback addresses, and runs PowerShell on its machines.
package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/signal"
	"syscall"

	"github.com/spf13/cobra"

	"github.com/fedroute/fedroute/lyncsim/farm"
	"github.com/fedroute/fedroute/lyncsim/version"
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	os.Exit(run(ctx, os.Args[1:], stdio{os.Stdin, os.Stdout, os.Stderr}))
}

// stdio is the program's three streams.
type stdio struct {
	in       io.Reader
	out, err io.Writer
}

// exitCode is an error that sets the exit code of the program, although lyncsim
// itself did not fail.
type exitCode int

func (c exitCode) Error() string { return fmt.Sprintf("exit code %d", int(c)) }

func run(ctx context.Context, args []string, s stdio) int {
	cmd := root(s)
	cmd.SetArgs(args)
	cmd.SetIn(s.in)
	cmd.SetOut(s.out)
	cmd.SetErr(s.err)
	err := cmd.ExecuteContext(ctx)
	if code, ok := errors.AsType[exitCode](err); ok {
		return int(code)
	}
	if err != nil {
		_, _ = fmt.Fprintln(s.err, "lyncsim:", err)
		return 1
	}
	return 0
}

func root(s stdio) *cobra.Command {
	var o serveOptions
	cmd := &cobra.Command{
		Use:   "lyncsim --farm FILE",
		Short: "A simulated Lync Server or Skype for Business Server organization",
		Long: `lyncsim starts the organization that a farm file describes: WinRM with PowerShell
on every machine, the federation ports of the Edge servers, public DNS, and an
admin endpoint to look at it and meddle with it. Everything listens on loopback
addresses. It runs until it is interrupted.`,
		Version:       version.String(),
		Args:          cobra.NoArgs,
		SilenceUsage:  true,
		SilenceErrors: true,
		RunE: func(cmd *cobra.Command, _ []string) error {
			return serve(cmd.Context(), o, s.out)
		},
	}
	f := cmd.Flags()
	f.StringVar(&o.farm, "farm", "", "farm file (YAML)")
	f.StringVar(&o.base, "base", "", "loopback prefix for its addresses, such as 127.20.1.0/24; a free one when left out")
	f.StringVar(&o.out, "out", "", "folder for ca.crt, credentials.yaml, endpoints.json and organization.yaml")
	f.StringVar(&o.ready, "ready-file", "", "file to write once everything answers: the content of endpoints.json")
	f.StringVar(&o.clock, "clock", clockReal, "real, or manual: time stands still until the admin endpoint advances it")
	f.StringVar(&o.powershell, "powershell", "", "program that runs what shells are sent, such as pwsh; the simulator's own evaluator when left out")
	f.StringVar(&o.keytab, "keytab", "", "keytab with HTTP/<FQDN> of every machine of the domain: these take Kerberos")
	f.Uint64Var(&o.seed, "seed", 0, "seed of signatures and random faults")
	_ = cmd.MarkFlagRequired("farm") // the flag exists
	cmd.AddCommand(powerShellCommand(s), moduleCommand(s), &cobra.Command{
		Use: "schema", Short: "Print the JSON schema of a farm file", Args: cobra.NoArgs,
		RunE: func(*cobra.Command, []string) error {
			_, err := s.out.Write(farm.Schema())
			return err
		},
	})
	return cmd
}

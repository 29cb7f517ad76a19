package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"strings"

	"github.com/spf13/cobra"

	"github.com/fedroute/fedroute/lyncsim/powershell"
	"github.com/fedroute/fedroute/lyncsim/powershell/syntax"
	"github.com/fedroute/fedroute/lyncsim/powershell/utility"
	"github.com/fedroute/fedroute/lyncsim/sim"
)

// maxScript bounds a script file.
const maxScript = 16 << 20

func powerShellCommand(s stdio) *cobra.Command {
	cmd := &cobra.Command{
		Use: "powershell", Short: "Look at and run PowerShell as the simulator does", Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error { return cmd.Help() },
	}
	cmd.AddCommand(outlineCommand(s), runCommand(s))
	return cmd
}

func outlineCommand(s stdio) *cobra.Command {
	return &cobra.Command{
		Use:   "outline FILE",
		Short: "Print a script's syntax tree in the notation of test/powershell",
		Args:  cobra.ExactArgs(1),
		RunE: func(_ *cobra.Command, args []string) error {
			text, err := readScript(args[0])
			if err != nil {
				return err
			}
			tree, err := syntax.Parse(text)
			if err != nil {
				return err
			}
			_, err = fmt.Fprintln(s.out, syntax.Outline(tree))
			return err
		},
	}
}

func runCommand(s stdio) *cobra.Command {
	var farmFile, machine string
	cmd := &cobra.Command{
		Use:   "run FILE",
		Short: "Run a script; output, error lines and exit code are those of test/powershell",
		Long: `run evaluates a script. Each object that it puts out is printed as its text on a
line; each error on stderr as id, category and message with tabs between; the
exit code is the script's. With --farm it runs on a machine of that organization,
as its domain administrator, or on an Edge server as its local one.`,
		Args: cobra.ExactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			text, err := readScript(args[0])
			if err != nil {
				return err
			}
			if err := refuseEncoding(text); err != nil {
				return err
			}
			code, err := runScript(cmd.Context(), sim.Script{Text: text, Stdin: s.in, Stdout: s.out, Stderr: s.err}, farmFile, machine)
			if err != nil {
				return err
			}
			if code != 0 {
				return exitCode(code)
			}
			return nil
		},
	}
	cmd.Flags().StringVar(&farmFile, "farm", "", "farm file of the organization to run on")
	cmd.Flags().StringVar(&machine, "machine", "", "machine to run on; a management server when left out")
	return cmd
}

// runScript runs the script on a machine of the farm file. Without a farm file it
// runs in an engine of its own.
func runScript(ctx context.Context, script sim.Script, farmFile, machine string) (int, error) {
	if farmFile == "" {
		rs := powershell.New(powershell.Options{
			Notation: powershell.Recorded, Stdin: script.Stdin, Stdout: script.Stdout, Stderr: script.Stderr, Loaded: utility.Modules(),
		})
		defer rs.Close()
		return rs.Run(ctx, script.Text), nil
	}
	org, err := start(ctx, serveOptions{farm: farmFile})
	if err != nil {
		return 1, err
	}
	defer org.Close()
	return org.RunScript(ctx, machine, script)
}

func readScript(path string) (string, error) {
	f, err := os.Open(path)
	if err != nil {
		return "", fmt.Errorf("read the script: %w", err)
	}
	defer func() { _ = f.Close() }() // it was only read
	text, err := io.ReadAll(io.LimitReader(f, maxScript))
	return string(text), err
}

// refuseEncoding refuses script files that Windows PowerShell would not read as
// UTF-8, as it does only with a byte order mark.
func refuseEncoding(text string) error {
	switch {
	case strings.HasPrefix(text, "\xff\xfe"), strings.HasPrefix(text, "\xfe\xff"):
		return errors.New("not supported by the simulator: a script file in UTF-16; save it as UTF-8 with a byte order mark")
	case !strings.HasPrefix(text, "\ufeff") && strings.ContainsFunc(text, func(r rune) bool { return r > 127 }):
		return errors.New("not supported by the simulator: a script file with other characters than ASCII and no byte order mark, " +
			"which Windows PowerShell reads in the ANSI code page; save it as UTF-8 with a byte order mark")
	}
	return nil
}

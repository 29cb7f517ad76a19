package kit_test

import (
	"bytes"
	"context"
	"errors"
	"os"
	"path/filepath"
	"strings"

	"github.com/fedroute/fedroute/internal/fault"
	"github.com/fedroute/fedroute/internal/psrp"
	"github.com/fedroute/fedroute/internal/psrp/clixml"
	"github.com/fedroute/fedroute/internal/psrp/message"
	"github.com/fedroute/fedroute/lyncsim/powershell"
	"github.com/fedroute/fedroute/lyncsim/powershell/dotnet"
	"github.com/fedroute/fedroute/lyncsim/powershell/utility"
	"github.com/fedroute/fedroute/lyncsim/powershell/value"
	"github.com/fedroute/fedroute/lyncsim/pwsh"
)

// evaluated runs the text of a kit's module in the simulator's evaluator, one process a
// call. Nothing is restricted there.
type evaluated struct {
	seat   pwsh.Seat
	folder string // of the kit
}

func (e *evaluated) Healthy() bool               { return true }
func (e *evaluated) Expired() bool               { return false }
func (e *evaluated) Close(context.Context) error { return nil }

// Call runs one function.
func (e *evaluated) Call(ctx context.Context, c psrp.Command) (psrp.Outcome, error) {
	module, err := os.ReadFile(filepath.Join(e.folder, "FedRoute", "FedRoute.psm1"))
	if err != nil {
		return psrp.Outcome{}, err
	}
	limits, err := os.ReadFile(filepath.Join(e.folder, "FedRoute", "FedRoute.limits.json"))
	if err != nil {
		return psrp.Outcome{}, err
	}
	const place = `C:\Program Files\WindowsPowerShell\Modules\FedRoute`
	disk := dotnet.NewMemoryDisk()
	if err := disk.WriteFile(place+`\FedRoute.limits.json`, limits); err != nil {
		return psrp.Outcome{}, err
	}
	if err := disk.WriteFile(e.seat.SetupPath, []byte("MZ")); err != nil {
		return psrp.Outcome{}, err
	}
	var said bytes.Buffer
	rs := powershell.New(powershell.Options{
		Notation: powershell.Recorded, Stdout: &said, Stderr: &said, Clock: e.seat.Clock, Machine: e.seat.Machine, Files: disk,
		Programs: setup{e.seat}, Modules: append([]*powershell.Module{e.seat.Product}, e.seat.Further...), Loaded: utility.Modules(),
		Env: map[string]string{"TEMP": `C:\Windows\Temp`, "ProgramFiles": `C:\Program Files`},
	})
	defer rs.Close()
	rs.Set("PSScriptRoot", place)
	given := value.NewHashtable()
	for _, p := range c.Parameters {
		given.Set(p.Name, p.Value)
	}
	rs.Set("given", given)
	output, err := rs.Eval(ctx, string(module)+"\n$ErrorActionPreference = 'Stop'\n"+c.Name+" @given\n")
	if record, ok := errors.AsType[*value.ErrorRecord](err); ok {
		r := &psrp.ErrorRecord{ID: record.ID, Category: record.Category, Message: record.Message()}
		return psrp.Outcome{State: message.Failed, Failure: r}, &fault.Error{Kind: fault.Failed, Op: c.Name, Cause: r.Message, Err: r}
	}
	if err != nil {
		return psrp.Outcome{}, err
	}
	outcome := psrp.Outcome{State: message.Completed}
	for _, one := range output {
		outcome.Output = append(outcome.Output, clixml.String(value.Text(one)))
	}
	return outcome, nil
}

// setup is the machine's setup program.
type setup struct{ seat pwsh.Seat }

func (s setup) Find(path string) bool { return strings.EqualFold(path, s.seat.SetupPath) }

func (s setup) Run(ctx context.Context, _ string, args []string, _ string) (string, int, error) {
	var out bytes.Buffer
	code := s.seat.Setup(ctx, args, &out)
	return out.String(), code, nil
}

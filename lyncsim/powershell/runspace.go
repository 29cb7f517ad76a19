package powershell

import (
	"bufio"
	"context"
	"io"

	"github.com/fedroute/fedroute/lyncsim/powershell/dotnet"
	"github.com/fedroute/fedroute/lyncsim/powershell/syntax"
	"github.com/fedroute/fedroute/lyncsim/powershell/value"
)

// Runspace is one PowerShell process: its variables, functions, modules and
// errors. It is used by one goroutine at a time.
type Runspace struct {
	options Options
	env     *dotnet.Env
	global  *scope
	host    *host
	modules []*loadedModule
	scripts []ScriptModule // imported modules that are written in PowerShell
	errors  *value.List    // $Error, newest first

	tables  map[*Command]*paramTable
	aliases map[string]*CommandInfo // of Set-Alias, by lower-case name
	usings  []string                // namespaces of using statements
	// named is the function that a remote caller named, while it runs. A statement that
	// fails ends it, as in a try block.
	named string
	// restriction is what callers of Invoke may use; nil: everything.
	restriction *restriction
	current     *scope        // scope of the running statement, for .NET code that calls back
	at          syntax.Extent // place of the running statement, for messages about defects

	succeeded bool // $?
	tries     int  // number of enclosing try and trap blocks, which errors go to
	depth     int  // nested calls
	commands  int  // commands run so far
}

// New makes a runspace. Close must end it, because the runspace can hold mutexes of its
// machine.
func New(o Options) *Runspace {
	o = o.withDefaults()
	rs := &Runspace{options: o, errors: value.NewArrayList(), succeeded: true, tables: make(map[*Command]*paramTable), aliases: make(map[string]*CommandInfo)}
	rs.options.Modules = rs.older(modulesIn(o.Edition, o.Modules))
	rs.host = newHost(o)
	rs.env = &dotnet.Env{
		Context: context.Background(), Core: o.Edition == Core7, Clock: o.Clock, In: rs.host.in, Out: rs.host.out,
		Err: rs.host.err, Files: o.Files, Machine: o.Machine, Vars: o.Env, Owner: dotnet.Process{ID: rs, Account: o.Account}, Engine: rs, Dial: o.Dial,
	}
	rs.global = newScope(nil)
	rs.global.script = rs.global
	rs.defineGlobals()
	for _, m := range rs.older(modulesIn(o.Edition, o.Loaded)) {
		rs.load(m)
	}
	return rs
}

// Close ends the process: mutexes that it holds are abandoned.
func (rs *Runspace) Close() { rs.options.Machine.Mutexes().Abandon(rs.env.Owner) }

// Edition is the edition of PowerShell that the runspace simulates.
func (rs *Runspace) Edition() Edition { return rs.options.Edition }

// Env is the process and machine that .NET types and cmdlets act on.
func (rs *Runspace) Env() *dotnet.Env { return rs.env }

// Commands counts the commands that ran, for the simulator's statistics.
func (rs *Runspace) Commands() int { return rs.commands }

// Set gives a global variable a value before a script runs.
func (rs *Runspace) Set(name string, v any) { rs.global.set(name, value.From(v)) }

// Get reads a global variable.
func (rs *Runspace) Get(name string) any {
	if v, ok := rs.global.find(name); ok {
		return plain(v.value)
	}
	return nil
}

func newReader(r io.Reader) *bufio.Reader { return bufio.NewReaderSize(r, 64<<10) }

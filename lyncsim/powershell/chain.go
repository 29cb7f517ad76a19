package powershell

import (
	"errors"
)

// runner is one running command of a pipeline.
type runner interface {
	// begin runs before any input of the pipeline.
	begin() error
	// process takes one object; piped is false for the one call of a command
	// that has nothing before it.
	process(v any, piped bool) error
	// end runs after the last input.
	end() error
}

// stage is a command in its place in a pipeline.
type stage struct {
	runner
	inv  *invocation
	next sink // where its output goes
}

// chain is a running pipeline.
type chain struct {
	stages []*stage
	from   int // stages before this one have been stopped
}

func (c *chain) failed() bool {
	for _, s := range c.stages {
		if s.inv != nil && s.inv.failed {
			return true
		}
	}
	return false
}

func (c *chain) run(input any, piped bool) error {
	return c.runWith(func(first *stage) error {
		if !piped {
			return first.process(nil, false)
		}
		return enumerate(input, func(v any) error { return first.process(v, true) })
	})
}

// runWith runs the pipeline with the objects that feed gives to the first command.
func (c *chain) runWith(feed func(first *stage) error) error {
	if err := c.beginAll(); err != nil {
		return err
	}
	if err := c.stopped(c.feed(feed)); err != nil {
		return err
	}
	for i, s := range c.stages {
		if i < c.from {
			continue
		}
		if err := c.stopped(s.end()); err != nil {
			return err
		}
	}
	return nil
}

// beginAll begins every command. Output that a command writes meanwhile is held back
// until all commands have begun.
func (c *chain) beginAll() error {
	waiting := make([][]any, len(c.stages))
	next := make([]sink, len(c.stages))
	for i, s := range c.stages[:len(c.stages)-1] {
		next[i] = s.next
		s.next = func(v any) error {
			waiting[i] = append(waiting[i], v)
			return nil
		}
	}
	for _, s := range c.stages {
		if err := c.stopped(s.begin()); err != nil {
			return err
		}
	}
	for i, s := range c.stages[:len(c.stages)-1] {
		s.next = next[i]
	}
	for i, items := range waiting {
		for _, v := range items {
			if i < c.from {
				break
			}
			if err := c.stopped(next[i](v)); err != nil {
				return err
			}
		}
	}
	return nil
}

func (c *chain) feed(feed func(first *stage) error) error {
	if c.from > 0 {
		return nil
	}
	return feed(c.stages[0])
}

// stopped takes note of a command that wants no more input. The commands before it are
// finished. The command itself and those behind it go on.
func (c *chain) stopped(err error) error {
	var stop stopFlow
	if !errors.As(err, &stop) {
		return err
	}
	for i, s := range c.stages {
		if s == stop.by {
			c.from = max(c.from, i)
			return nil
		}
	}
	return err
}

package main

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"fortnight/collectors"
	"fortnight/digest"
)

// The sections that tell of persons.
const (
	outreach = "outreach"
	flows    = "flows"
)

// How long a source may take: for a page, and for a file of all.
const (
	pagePatience = 12 * time.Second
	filePatience = 4 * time.Minute
)

// Recipients reads a part of whom an edition's campaigns wrote to, from its source, now.
func (w *works) Recipients(ctx context.Context, project int64, e digest.EditionLine, wanted digest.RecipientsWanted) (out digest.Recipients, err error) {
	err = w.looking(ctx, project, e, []string{outreach}, pagePatience, func(s *collectors.Source, ask digest.Ask) (err error) {
		out, err = s.Recipients(ctx, ask, wanted)
		return err
	})
	return out, err
}

// EachRecipient reads all of them.
func (w *works) EachRecipient(ctx context.Context, project int64, e digest.EditionLine, wanted digest.RecipientsWanted, yield func(digest.Recipient) error) error {
	return w.looking(ctx, project, e, []string{outreach}, filePatience, func(s *collectors.Source, ask digest.Ask) error {
		return s.EachRecipient(ctx, ask, wanted, yield)
	})
}

// Talk reads what a person wrote and was written to.
func (w *works) Talk(ctx context.Context, project int64, e digest.EditionLine, user string) (out digest.Talk, err error) {
	err = w.looking(ctx, project, e, []string{outreach, flows}, pagePatience, func(s *collectors.Source, ask digest.Ask) (err error) {
		out, err = s.Talk(ctx, ask, user)
		return err
	})
	return out, err
}

// FlowPersons reads a part of the people of an edition's flows, from its source, now.
func (w *works) FlowPersons(ctx context.Context, project int64, e digest.EditionLine, wanted digest.FlowPersonsWanted) (out digest.FlowPersons, err error) {
	err = w.looking(ctx, project, e, []string{flows}, pagePatience, func(s *collectors.Source, ask digest.Ask) (err error) {
		out, err = s.FlowPersons(ctx, ask, wanted)
		return err
	})
	return out, err
}

// EachFlowPerson reads all of them.
func (w *works) EachFlowPerson(ctx context.Context, project int64, e digest.EditionLine, wanted digest.FlowPersonsWanted, yield func(digest.FlowPerson) error) error {
	return w.looking(ctx, project, e, []string{flows}, filePatience, func(s *collectors.Source, ask digest.Ask) error {
		return s.EachFlowPerson(ctx, ask, wanted, yield)
	})
}

// looking opens the source that the first of some sections that the edition has is read from. What it cannot tell, or does not answer, is refused in words.
func (w *works) looking(ctx context.Context, project int64, e digest.EditionLine, sections []string, patience time.Duration, read func(*collectors.Source, digest.Ask) error) error {
	i := -1
	for _, key := range sections {
		if i < 0 {
			i = slices.IndexFunc(e.Config.Sections, func(s digest.SectionChoice) bool { return s.Section == key })
		}
	}
	if i < 0 || len(e.Config.Projects) > 0 { // whose people are not this project's to see
		return digest.ErrNotFound
	}
	key := e.Config.Sections[i].Source
	from, err := w.b.Tenant(project).SourceSecret(ctx, key)
	if errors.Is(err, digest.ErrNotFound) {
		return &digest.RefusedError{Reason: fmt.Sprintf("The source %s, which this edition was read from, is no longer there.", key)}
	}
	if err != nil {
		return err
	}
	refused := func(err error) error {
		if ctx.Err() != nil {
			return err
		}
		return &digest.RefusedError{Reason: fmt.Sprintf("The source %s cannot be read now: %s", key, unreadable(from, err))}
	}
	source, err := w.b.mappings.Open(ctx, from.Key, from.Platform, from.DSN, from.Tenant, w.life.Now)
	if err != nil {
		return refused(err)
	}
	defer source.Close()
	err = read(source, digest.Ask{Period: e.Period, Previous: e.Previous, Parameters: e.Config.Parameters, Patience: patience})
	switch {
	case err == nil, errors.Is(err, digest.ErrNotFound):
		return err
	case errors.Is(err, collectors.ErrNoRecipients):
		return &digest.RefusedError{Reason: fmt.Sprintf("%s does not tell this of its people.", platformNames(from.Platform)[from.Platform])}
	}
	return refused(err)
}

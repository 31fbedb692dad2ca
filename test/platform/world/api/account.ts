import type { Call, Methods } from './method.ts';

const quotas = ({ estate, given }: Call) => {
  const wanted = [...given.list('quotasNames'), ...given.list('name')].map(String);
  const names = wanted.length === 0 ? Object.keys(estate.quotas) : wanted;
  return {
    array: names.map((name) => ({ quota: { name }, name, value: estate.quotas[name] ?? 0 })),
  };
};

const account = ({ estate, caller }: Call) => estate.accounts.find(({ uid }) => uid === caller.uid);

/** The user's account, its limits, its mail, and the platform itself. */
export const accountMethods: Methods = {
  'billing.account.GetQuotas': { parameters: ['quotasNames'], run: quotas },
  'billing.account.GetOwnerQuotas': { parameters: ['appid', 'session', 'quotasNames'], run: quotas },
  'billing.account.GetAccount': {
    parameters: ['appid', 'session'],
    run: ({ caller }) => ({ uid: caller.uid, email: caller.email, groupType: 'billing', status: 1, balance: 100 }),
  },
  'users.account.GetUserInfo': {
    parameters: ['appid', 'session'],
    run: (call) => ({ uid: call.caller.uid, email: call.caller.email, name: account(call)?.name ?? '' }),
  },
  'users.account.GetSSHKeys': {
    parameters: ['isPrivate'],
    run: (call) => ({ keys: account(call)?.sshKeys ?? [], array: account(call)?.sshKeys ?? [] }),
  },
  'users.account.AddSSHKey': {
    parameters: ['title', 'sshKey', 'isPrivate'],
    title: () => 'Add SSH key',
    run: (call) => {
      const id = call.estate.nextId();
      const { given } = call;
      const key = {
        id,
        title: given.required('title'),
        key: given.required('sshKey'),
        isPrivate: given.flag('isPrivate'),
      };
      account(call)?.sshKeys.push(key);
      return { id };
    },
  },
  'users.account.DeleteSSHKey': {
    parameters: ['id'],
    title: () => 'Delete SSH key',
    run: (call) => {
      const keys = account(call)?.sshKeys ?? [];
      const place = keys.findIndex((key) => `${key.id}` === call.given.required('id'));
      if (place >= 0) keys.splice(place, 1);
      return {};
    },
  },
  'users.authentication.CheckSession': {
    parameters: ['session'],
    run: ({ caller }) => ({ uid: caller.uid, email: caller.email }),
  },
  'message.email.Send': {
    parameters: ['appid', 'session', 'from', 'to', 'replyTo', 'subject', 'body'],
    title: (given) => `Send mail to ${given.text('to') ?? ''}`,
    run: ({ estate, given }) => {
      estate.mail.push({
        to: given.required('to'),
        subject: given.text('subject') ?? '',
        body: given.text('body') ?? '',
      });
      return {};
    },
  },
  'system.service.GetVersion': { parameters: [], run: () => ({ version: '8.10', build: '8.10-stand-in' }) },
  'development.apps.GetApp': {
    parameters: ['appid', 'session'],
    run: ({ given }) => ({ appid: given.text('appid') ?? '' }),
  },
};
